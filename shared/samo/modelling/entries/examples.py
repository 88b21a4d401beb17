"""Entries with the emotions that people perceived in them, a JSON object a line: `{"text": …, "emotions": […]}`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.domain.sentences import written_sentences
from samo.domain.taxonomy import EKMAN
from samo.modelling.data_lines import json_rows
from samo.modelling.errors import DatasetInvalid

KNOWN = frozenset(EKMAN) | {"anticipation", "trust", "NA"}
"""Plutchik's eight primary emotions, Ekman's six among them, and CovidET's mark of a post in which none was seen."""


class EntryExample(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of at least one sentence, and those of Ekman's emotions that people perceived in it."""

    text: str
    emotions: frozenset[str]


class _Row(msgspec.Struct, frozen=True):
    text: str
    emotions: list[str]


def read_entry_examples(path: Path) -> list[EntryExample]:
    """All rows, at least one; other fields, and the known emotions that are none of Ekman's, are passed over.

    Raises `DatasetInvalid` at the first bad row, with the file's name, the line and the reason, never the text.
    """
    expected = '{"text": string, "emotions": array of strings}'
    return [_example(row, place) for place, row in json_rows(path, _Row, expected=expected)]


def judged_emotions(examples: list[EntryExample], name: str) -> tuple[str, ...]:
    """Those of Ekman's emotions that some entries have and others have not: nothing else can be judged.

    Raises `DatasetInvalid` where there is none; `name` is the file's.
    """
    counts = {emotion: sum(emotion in example.emotions for example in examples) for emotion in EKMAN}
    judged = tuple(emotion for emotion, count in counts.items() if 0 < count < len(examples))
    if not judged:
        raise DatasetInvalid(f"{name}: no emotion of Ekman's that some entries have and others have not")
    return judged


def _example(row: _Row, place: str) -> EntryExample:
    if not written_sentences(row.text):
        raise DatasetInvalid(f"{place}: the text is blank")
    if not KNOWN.issuperset(row.emotions):
        raise DatasetInvalid(f"{place}: an emotion is none of Plutchik's eight, in lower case, nor NA")
    return EntryExample(text=row.text, emotions=frozenset(row.emotions) & frozenset(EKMAN))
