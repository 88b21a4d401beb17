"""Checkpoints in an object store, so that training goes on where an instance was lost with its disk.

Training writes two files into a folder: `best.pt` first, then the `checkpoint.pt` that speaks of it. A stored pair must
never hold a checkpoint whose best weights are older than it says. So the pair is taken off the disk in one order,
checkpoint first, and stored in the other, best weights first: wherever either is interrupted, the best weights are as
new as the checkpoint or newer, and newer ones are made again by the epoch that the checkpoint goes on with.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from samo.domain.errors import StoreUnavailable
from samo.ports import ObjectStore

CHECKPOINT_FILE = "checkpoint.pt"
BEST_FILE = "best.pt"
EVERY_S = 300.0

_logger = logging.getLogger("samo")


class StoredCheckpoints:
    """Keeps the checkpoints below `work_dir` in `store`, below `prefix`. A context manager around the training.

    Entering fetches what a former attempt stored and raises `StoreUnavailable` where that cannot be told. Then they are
    stored every `every_s` and once more at the end; a store that is out of reach meanwhile costs a warning and no
    training.
    """

    def __init__(self, store: ObjectStore, prefix: str, work_dir: Path, *, every_s: float = EVERY_S) -> None:
        self._store = store
        self._prefix = prefix
        self._work_dir = work_dir
        self._every_s = every_s
        self._stored: dict[str, int] = {}  # name → modification time of the file in nanoseconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._store_regularly, name="checkpoints", daemon=True)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._fetch()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if error is None:
            self._forget()
        else:
            self.store_now()

    def store_now(self) -> None:
        """Store what has changed since the last time."""
        with self._lock:
            try:
                for checkpoint in sorted(self._work_dir.rglob(CHECKPOINT_FILE)):
                    self._store_pair(checkpoint.parent)
            except (OSError, StoreUnavailable) as error:
                fields = {"fields": {"job": "modelling", "error": getattr(error, "code", type(error).__name__)}}
                _logger.warning("the checkpoints could not be stored; training goes on", extra=fields)

    def _store_regularly(self) -> None:
        while not self._ended.wait(self._every_s):
            self.store_now()

    def _store_pair(self, folder: Path) -> None:
        # Training replaces its files and never writes into one, so a second link keeps what it was made of.
        with tempfile.TemporaryDirectory(dir=self._work_dir, prefix=".storing-") as links:
            taken = {}
            for name in (CHECKPOINT_FILE, BEST_FILE):
                if (folder / name).is_file():
                    taken[name] = Path(links, name)
                    taken[name].hardlink_to(folder / name)
            for name in reversed(taken):
                stored_as = self._prefix + (folder / name).relative_to(self._work_dir).as_posix()
                changed_at = taken[name].stat().st_mtime_ns
                if self._stored.get(stored_as) != changed_at:
                    self._store.upload(stored_as, taken[name])
                    self._stored[stored_as] = changed_at

    def _fetch(self) -> None:
        for info in self._store.list(self._prefix):
            inside = PurePosixPath(info.name.removeprefix(self._prefix))
            if inside.name not in (CHECKPOINT_FILE, BEST_FILE) or ".." in inside.parts:
                continue
            path = self._work_dir / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            with partial.open("wb") as file:
                for chunk in self._store.chunks(info.name):
                    file.write(chunk)
            partial.replace(path)
            self._stored[info.name] = path.stat().st_mtime_ns

    def _forget(self) -> None:
        try:
            for info in list(self._store.list(self._prefix)):
                self._store.delete(info.name, generation=info.generation)
        except StoreUnavailable:
            _logger.warning("the checkpoints could not be deleted", extra={"fields": {"job": "modelling"}})
