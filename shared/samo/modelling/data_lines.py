"""A data file line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from samo.modelling.errors import DatasetInvalid


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
