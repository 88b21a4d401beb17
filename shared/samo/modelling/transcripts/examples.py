"""Recordings with what is said in them, a JSON object a line: `{"audio": path, "text": words}`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.modelling.data_lines import lines_of
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


_DECODER = msgspec.json.Decoder(_Row)


def read_spoken_examples(path: Path) -> list[SpokenExample]:
    """All rows, at least one; `audio` is relative to the file. Fields beside the two are passed over.

    Raises `DatasetInvalid` at the first bad row, with the file's name, the line and the reason, never the text.
    """
    examples = [
        _parse(line, path.parent, f"{path.name}, line {number}") for number, line in enumerate(lines_of(path), start=1)
    ]
    if not examples:
        raise DatasetInvalid(f"{path.name}: no rows")
    return examples


def _parse(line: str, folder: Path, place: str) -> SpokenExample:
    try:
        row = _DECODER.decode(line)
    except msgspec.ValidationError:
        # The library's own message may quote the row.
        raise DatasetInvalid(f'{place}: expected {{"audio": path, "text": string}}') from None
    except (msgspec.DecodeError, UnicodeError):
        raise DatasetInvalid(f"{place}: not JSON") from None
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
