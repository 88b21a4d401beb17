"""Entries with reference summaries, a JSON object a line: `{"text": …, "summary": … or [several]}`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.modelling.data_lines import json_rows
from samo.modelling.errors import DatasetInvalid


class SummaryExample(msgspec.Struct, frozen=True, kw_only=True):
    """An entry and what people wrote as its summary, each of them at least one word."""

    text: str
    references: tuple[str, ...]


class _Row(msgspec.Struct, frozen=True):
    text: str
    summary: str | list[str]


def read_summary_examples(path: Path) -> list[SummaryExample]:
    """All rows, at least one; fields beside `text` and `summary` are passed over.

    Raises `DatasetInvalid` at the first bad row, with the file's name, the line and the reason, never the text.
    """
    expected = '{"text": string, "summary": string or array of strings}'
    return [_example(row, place) for place, row in json_rows(path, _Row, expected=expected)]


def _example(row: _Row, place: str) -> SummaryExample:
    references = (row.summary,) if isinstance(row.summary, str) else tuple(row.summary)
    if not row.text.strip():
        raise DatasetInvalid(f"{place}: the text is blank")
    if not references or not all(reference.strip() for reference in references):
        raise DatasetInvalid(f"{place}: a summary is blank or there is none")
    return SummaryExample(text=row.text, references=references)
