"""A data file line by line, as text or as JSON objects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from samo.modelling.errors import DatasetInvalid

Row = TypeVar("Row")


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a data file; only a newline ends one. Raises `DatasetInvalid`: no such file, not UTF-8."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DatasetInvalid(f"{path.name}: no such file in the data directory") from error
    for number, line in enumerate(content.removesuffix(b"\n").split(b"\n") if content else [], start=1):
        try:
            yield line.removesuffix(b"\r").decode("utf-8")
        except UnicodeDecodeError:
            raise DatasetInvalid(f"{path.name}, line {number}: not UTF-8") from None


def json_rows(path: Path, row_type: type[Row], *, expected: str) -> Iterator[tuple[str, Row]]:
    """A JSON object a line, at least one, with its place: file and line. Fields that `row_type` lacks are passed over.

    Raises `DatasetInvalid` at the first bad line, with its place and what is `expected`, never the text.
    """
    decoder = msgspec.json.Decoder(row_type)
    place = ""
    for number, line in enumerate(lines_of(path), start=1):
        place = f"{path.name}, line {number}"
        try:
            row = decoder.decode(line)
        except msgspec.ValidationError:
            # The library's own message may quote the row.
            raise DatasetInvalid(f"{place}: expected {expected}") from None
        except (msgspec.DecodeError, UnicodeError):
            raise DatasetInvalid(f"{place}: not JSON") from None
        yield place, row
    if not place:
        raise DatasetInvalid(f"{path.name}: no rows")
