"""Rows of entries with the emotions that people perceived in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.modelling.entries.examples import EntryExample, judged_emotions, read_entry_examples
from samo.modelling.errors import DatasetInvalid

SECRET = "I never told anybody"
SHAPE = 'expected {"text": string, "emotions": array of strings}'


def test_of_the_known_emotions_ekmans_are_kept(tmp_path: Path) -> None:
    """Other fields may stand beside; "NA" says that nobody saw any."""
    path = tmp_path / "dev.jsonl"
    path.write_text(
        '{"text": "A long\\nday.", "emotions": ["trust", "joy", "sadness", "joy"], "summary": ["A day."]}\n'
        '{"text": "Rain.", "emotions": ["NA"]}\n',
        encoding="utf-8",
    )

    assert [
        EntryExample(text="A long\nday.", emotions=frozenset({"joy", "sadness"})),
        EntryExample(text="Rain.", emotions=frozenset()),
    ] == read_entry_examples(path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("", "not JSON"),
        (f'{{"text": "{SECRET}", "emotions": ["joy"', "not JSON"),
        (f'["{SECRET}", "joy"]', SHAPE),
        (f'{{"text": "{SECRET}"}}', SHAPE),
        (f'{{"text": "{SECRET}", "emotions": "joy"}}', SHAPE),
        (f'{{"text": ["{SECRET}"], "emotions": ["joy"]}}', SHAPE),
        ('{"text": " \\n", "emotions": ["joy"]}', "the text is blank"),
        ('{"text": "\\u0007 \\u200b", "emotions": ["joy"]}', "the text is blank"),
        (
            f'{{"text": "{SECRET}", "emotions": ["joy", "{SECRET}"]}}',
            "an emotion is none of Plutchik's eight, in lower case, nor NA",
        ),
    ],
)
def test_a_bad_row_is_reported_by_file_line_and_reason_without_its_text(tmp_path: Path, row: str, reason: str) -> None:
    """Entries are private; error messages end up in logs."""
    path = tmp_path / "dev.jsonl"
    path.write_text(f'{{"text": "good", "emotions": []}}\n{row}\n{{}}\n', encoding="utf-8")

    with pytest.raises(DatasetInvalid) as caught:
        read_entry_examples(path)

    assert f"dev.jsonl, line 2: {reason}" == str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_without_rows_is_an_error(tmp_path: Path) -> None:
    """A mean over nothing is no figure."""
    path = tmp_path / "dev.jsonl"
    path.touch()

    with pytest.raises(DatasetInvalid, match=r"^dev\.jsonl: no rows$"):
        read_entry_examples(path)


def test_an_emotion_that_all_entries_have_or_none_is_not_judged() -> None:
    """There is nothing to tell apart."""
    entries = [
        EntryExample(text="x", emotions=frozenset(emotions))
        for emotions in (["joy", "fear"], ["joy"], ["joy", "anger"])
    ]

    assert judged_emotions(entries, "dev.jsonl") == ("anger", "fear")
    with pytest.raises(DatasetInvalid, match=r"^dev\.jsonl: no emotion of Ekman's that some entries have and others"):
        judged_emotions(entries[1:2], "dev.jsonl")
