"""Files that appear whole or not at all, whenever the writer is killed: staged in a hidden folder, then named."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

STAGING_FOLDER = ".samo"

_SUFFIX = ".part"
_ABANDONED_AFTER_S = 3_600.0


@contextmanager
def staged(root: Path, pieces: Iterable[bytes]) -> Iterator[Path]:
    """A file below `root` that holds `pieces` and is on the disk. What is left of it afterwards is removed.

    Link or rename it to publish it, then call `make_durable` on the folder. Raises `OSError`.
    """
    folder = root / STAGING_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}{_SUFFIX}"
    try:
        with path.open("xb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        path.unlink(missing_ok=True)


def make_durable(folder: Path) -> None:
    """Put the names in `folder` on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(root: Path) -> None:
    """Remove what killed writers left behind."""
    for path in (root / STAGING_FOLDER).glob(f"*{_SUFFIX}"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                path.unlink()
        except FileNotFoundError:
            continue
