"""Rows of entries with reference summaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.modelling.errors import DatasetInvalid
from samo.modelling.summaries.examples import SummaryExample, read_summary_examples

SECRET = "I never told anybody"


def test_a_summary_is_one_reference_or_several(tmp_path: Path) -> None:
    """Other fields may stand beside; the text stays as it is, line breaks included."""
    path = tmp_path / "dev.jsonl"
    path.write_text(
        '{"text": "A long\\nday.", "summary": "A day."}\n'
        '{"text": "Rain\u2028again.", "summary": ["Rain.", "It rains."], "emotions": ["sadness"]}\r\n',
        encoding="utf-8",
        newline="",
    )

    assert [
        SummaryExample(text="A long\nday.", references=("A day.",)),
        SummaryExample(text="Rain\u2028again.", references=("Rain.", "It rains.")),
    ] == read_summary_examples(path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("", "not JSON"),
        (f'{{"text": "{SECRET}", "summary": "x"', "not JSON"),
        ('{"text": "\\ud800", "summary": "x"}', "not JSON"),
        (f'["{SECRET}", "x"]', 'expected {"text": string, "summary": string or array of strings}'),
        (f'{{"text": "{SECRET}"}}', 'expected {"text": string, "summary": string or array of strings}'),
        (
            f'{{"text": ["{SECRET}"], "summary": "x"}}',
            'expected {"text": string, "summary": string or array of strings}',
        ),
        (f'{{"text": "{SECRET}", "summary": [1]}}', 'expected {"text": string, "summary": string or array of strings}'),
        (f'{{"text": " \\n", "summary": "{SECRET}"}}', "the text is blank"),
        (f'{{"text": "{SECRET}", "summary": []}}', "a summary is blank or there is none"),
        (f'{{"text": "{SECRET}", "summary": ["x", " "]}}', "a summary is blank or there is none"),
    ],
)
def test_a_bad_row_is_reported_by_file_line_and_reason_without_its_text(tmp_path: Path, row: str, reason: str) -> None:
    """Entries are private; error messages end up in logs."""
    path = tmp_path / "dev.jsonl"
    path.write_text(f'{{"text": "good", "summary": "good"}}\n{row}\n{{}}\n', encoding="utf-8")

    with pytest.raises(DatasetInvalid) as caught:
        read_summary_examples(path)

    assert f"dev.jsonl, line 2: {reason}" == str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_without_rows_is_an_error(tmp_path: Path) -> None:
    """A mean over nothing is no figure."""
    path = tmp_path / "dev.jsonl"
    path.touch()

    with pytest.raises(DatasetInvalid, match=r"^dev\.jsonl: no rows$"):
        read_summary_examples(path)
