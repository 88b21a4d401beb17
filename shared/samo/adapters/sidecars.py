"""Metadata of objects in a directory: a small hidden file beside the bytes, for one generation of one object.

    write sidecar of generation g ──► the object's file gets its name, and with it generation g ──► remove older sidecar
                                  │                                                            │
                                  └ killed here: a sidecar of a generation that never is       └ killed here: one of a
                                                                                                 generation that was
A reader takes the generation from the file and asks for the sidecar of that one, so it finds what was stored with these
bytes or, where somebody put a file there by hand, nothing. What a killed writer leaves is swept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from samo.adapters.staging import STAGING_FOLDER, make_durable

MAX_METADATA_BYTES = 8 * 1024
"""Cloud Storage's limit for names and values together."""

_FOLDER = "metadata"
_ABANDONED_AFTER_S = 3_600.0


class _Sidecar(msgspec.Struct, frozen=True):
    # The name, too: a file that was copied by hand may keep its time and so its generation.
    name: str
    metadata: dict[str, str]


def write_sidecar(root: Path, name: str, generation: int, metadata: Mapping[str, str]) -> None:
    """Keep the metadata of a generation that is about to appear; none needs no file. Raises `OSError`."""
    if not metadata:
        return
    path = _path(root, generation)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(msgspec.json.encode(_Sidecar(name=name, metadata=dict(metadata))))
        file.flush()
        os.fsync(file.fileno())
    make_durable(path.parent)


def read_sidecar(root: Path, name: str, generation: int) -> dict[str, str]:
    """The metadata of this generation; empty if it has none."""
    try:
        sidecar = msgspec.json.decode(_path(root, generation).read_bytes(), type=_Sidecar)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return {}
    return sidecar.metadata if sidecar.name == name else {}


def remove_sidecar(root: Path, generation: int) -> None:
    """Forget the metadata of a generation that is gone."""
    _path(root, generation).unlink(missing_ok=True)


def sweep_sidecars(root: Path, generation_of: Callable[[str], int | None]) -> None:
    """Remove what killed writers left behind; `generation_of` tells the live generation of an object, if any."""
    for path in (root / STAGING_FOLDER / _FOLDER).glob("*.json"):
        try:
            if time.time() - path.stat().st_mtime <= _ABANDONED_AFTER_S:
                continue
            sidecar = msgspec.json.decode(path.read_bytes(), type=_Sidecar)
            if path.stem != str(generation_of(sidecar.name)):
                path.unlink()
        except msgspec.DecodeError:  # killed while it was written
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue


def _path(root: Path, generation: int) -> Path:
    return root / STAGING_FOLDER / _FOLDER / f"{generation}.json"
