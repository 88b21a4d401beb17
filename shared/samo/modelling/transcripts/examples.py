"""Recordings with what is said in them, a JSON object a line: `{"audio": path, "text": words}`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.modelling.data_lines import json_rows
from samo.modelling.errors import DatasetInvalid
from samo.modelling.transcripts.errors import normalised


class SpokenExample(msgspec.Struct, frozen=True, kw_only=True):
    """A recording, the words in it, at least one, and where it stands in the data: file and line."""

    audio: Path
    text: str
    place: str


class _Row(msgspec.Struct, frozen=True):
    audio: str
    text: str


def read_spoken_examples(path: Path) -> list[SpokenExample]:
    """All rows, at least one; `audio` is relative to the file. Fields beside the two are passed over.

    Raises `DatasetInvalid` at the first bad row, with the file's name, the line and the reason, never the text.
    """
    rows = json_rows(path, _Row, expected='{"audio": path, "text": string}')
    return [_example(row, path.parent, place) for place, row in rows]


def _example(row: _Row, folder: Path, place: str) -> SpokenExample:
    if not all(normalised(row.text, language=language) for language in ("en", None)):
        raise DatasetInvalid(f"{place}: the text holds no word")
    audio = folder / row.audio
    try:
        found = audio.is_file()
    except (OSError, ValueError):  # too long, or with a NUL
        found = False
    if not found:
        raise DatasetInvalid(f"{place}: there is no such audio file")
    return SpokenExample(audio=audio, text=row.text, place=place)
