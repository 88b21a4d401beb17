"""What `samo up` keeps below `FOLDER/.samo`: a lock, for a folder is served once, and which uploads have ended."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from samo.local.errors import LocalStackError


class FolderInUse(LocalStackError):
    """Another process serves the folder."""

    code = "folder_in_use"


class FolderNotServed(LocalStackError):
    """There is no local deployment to work on."""

    code = "folder_not_served"


class FileState(NamedTuple):
    """A file that has the same as before has the same content."""

    modified_ns: int
    size: int


class EndedUploads:
    """The recordings whose outcome lies in `results`, by object name, as of which file. They outlive the process.

    A journal that cannot be read counts as empty: at worst an entry is processed once more.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._states = _read(journal)

    def holds(self, name: str, state: FileState) -> bool:
        """Whether this very file has been dealt with."""
        return self._states.get(name) == state

    def add(self, name: str, state: FileState) -> None:
        """Remember it, on disk in one step."""
        self._states[name] = state
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        staged = self._journal.with_suffix(".new")
        staged.write_text(json.dumps(self._states, indent=1))
        staged.replace(self._journal)


@contextmanager
def owned_folder(folder: Path) -> Iterator[EndedUploads]:
    """Hold the folder against every other `samo up`. Raises `FolderInUse`. The kernel frees it when its holder dies."""
    hidden = folder / ".samo"
    hidden.mkdir(parents=True, exist_ok=True)
    lock = os.open(hidden / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"another `samo up` serves {folder}; end it first, or choose another folder") from None
        yield EndedUploads(hidden / "uploads.json")
    finally:
        os.close(lock)


@contextmanager
def described_deployment(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Inside, `read_deployment` finds these variables."""
    description = folder / ".samo" / "deployment.json"
    staged = description.with_suffix(".new")
    staged.write_text(json.dumps(environment, indent=1))
    staged.replace(description)
    try:
        yield
    finally:
        description.unlink(missing_ok=True)


def read_deployment(folder: Path) -> dict[str, str]:
    """The variables of the stack that serves the folder. Raises `FolderNotServed`."""
    try:
        variables = json.loads((folder / ".samo" / "deployment.json").read_text())
    except (OSError, ValueError):
        raise FolderNotServed(f"no `samo up` serves {folder}; start one, and keep it running") from None
    return {str(name): str(value) for name, value in variables.items()}


def _read(journal: Path) -> dict[str, FileState]:
    try:
        return {
            str(name): FileState(int(modified_ns), int(size))
            for name, (modified_ns, size) in json.loads(journal.read_text()).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
