"""The two checksums that Cloud Storage keeps of every object, in base64."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import NamedTuple

import google_crc32c

_PIECE_BYTES = 1024 * 1024


class Checksums(NamedTuple):
    """CRC32C and MD5 of an object's bytes."""

    crc32c: str
    md5: str


def checksums(file: Path) -> Checksums:
    """Both checksums in one pass, in bounded memory."""
    crc32c = google_crc32c.Checksum()
    md5 = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as pieces:
        while piece := pieces.read(_PIECE_BYTES):
            crc32c.update(piece)
            md5.update(piece)
    return Checksums(*(base64.b64encode(digest).decode() for digest in (crc32c.digest(), md5.digest())))
