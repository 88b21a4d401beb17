"""Whether the sound of an MP4 is encrypted: its sample entry says so, where FFmpeg finds only damage.

The boxes: ISO/IEC 14496-12, sections 4.2 and 8; encrypted entries: ISO/IEC 23001-7, and `drms` in Apple's stores.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

PROTECTED_ENTRIES = frozenset({b"drms", b"enca"})

_CONTAINERS = (b"trak", b"mdia", b"minf", b"stbl")
_STSD_HEAD_BYTES = 8


class _Box(NamedTuple):
    kind: bytes
    start: int
    end: int


def is_protected(path: Path) -> bool:
    """Whether a track of the file has an encrypted sound entry; False for whatever is no MP4. Only heads are read."""
    with path.open("rb") as file:
        size = path.stat().st_size
        return any(entry.kind in PROTECTED_ENTRIES for entry in _sample_entries(file, size))


def _sample_entries(file: IO[bytes], size: int) -> Iterator[_Box]:
    waiting = [box for box in _boxes(file, 0, size) if box.kind == b"moov"]
    while waiting:
        parent = waiting.pop()
        for box in _boxes(file, parent.start, parent.end):
            if box.kind in _CONTAINERS:
                waiting.append(box)
            elif box.kind == b"stsd":
                yield from _boxes(file, box.start + _STSD_HEAD_BYTES, box.end)


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[_Box]:
    """The boxes between two places, as far as they make sense."""
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind, body = struct.unpack(">I", head[:4])[0], head[4:8], start + 8
        if length == 1 and len(head) == 16:
            length, body = struct.unpack(">Q", head[8:])[0], start + 16
        elif length == 0:  # up to the end
            length = end - start
        if length < body - start or start + length > end:
            return
        yield _Box(kind, body, start + length)
        start += length
