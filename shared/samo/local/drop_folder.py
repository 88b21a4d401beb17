"""A folder to play with: files dropped into its `inbox` go through the local stack, results appear in `results`."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from samo.adapters.directory import DirectoryStore
from samo.domain.documents import decode
from samo.domain.errors import ObjectNameUnsupported, PreconditionFailed, SamoError
from samo.domain.failure import Failure
from samo.local.functions import Functions
from samo.local.stack import run_stack
from samo.ports import ObjectInfo, ObjectStore

POLL_S = 0.5

Say = Callable[[str], None]
"""Shows one line to the person."""

_MIRRORED = ("insights/", "failures/", "rejected-events/")


def serve_folder(
    folder: Path,
    functions: Functions,
    say: Say,
    *,
    user: str = "me",
    stop: threading.Event | None = None,
    poll_s: float = POLL_S,
) -> None:
    """Run the local stack until `stop` is set, or Ctrl-C.

    `inbox/{name}` becomes the recording `{user}/{name}`, `inbox/{somebody}/{name}` that of somebody. Each process of
    the stack has a file in `logs`. Raises `LocalStackError` when the stack cannot run.
    """
    inbox, results = folder / "inbox", folder / "results"
    for needed in (inbox, results):
        needed.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="samo-") as objects,
        run_stack(Path(objects), folder / "logs", functions) as stack,
    ):
        say(f"ready: drop recordings or .txt files into {inbox}; results appear in {results}; Ctrl-C ends")
        uploading = Inbox(inbox, stack.store("recordings"), user, say)
        mirroring = Mirror(stack.store("results"), results, say)
        ended = stop or threading.Event()
        while not ended.wait(poll_s):
            uploading.look()
            mirroring.look()


class _State(NamedTuple):
    modified_ns: int
    size: int


class Inbox:
    """Uploads each file once it has stopped growing, and again when it has changed."""

    def __init__(self, folder: Path, recordings: ObjectStore, user: str, say: Say) -> None:
        self._folder = folder
        self._recordings = recordings
        self._user = user
        self._say = say
        self._seen: dict[Path, _State] = {}
        self._uploaded: dict[Path, _State] = {}

    def look(self) -> None:
        """Upload what is new and the same as at the last look."""
        before, self._seen = self._seen, dict(_visible_files(self._folder))
        for path, state in self._seen.items():
            if state == before.get(path) and state != self._uploaded.get(path):
                self._upload(path)
                self._uploaded[path] = state

    def _upload(self, path: Path) -> None:
        name = path.relative_to(self._folder).as_posix()
        name = name if "/" in name else f"{self._user}/{name}"
        try:
            self._recordings.upload(name, path)
            self._say(f"{name}: uploaded")
        except (OSError, SamoError) as error:
            self._say(f"{name}: not uploaded: {error}")


class Mirror:
    """Copies insights, reports and failure records into a directory as they appear."""

    def __init__(self, results: ObjectStore, folder: Path, say: Say) -> None:
        self._results = results
        self._folder = DirectoryStore(folder)
        self._say = say
        self._copied: set[ObjectInfo] = set()

    def look(self) -> None:
        """Copy what is new, and say so."""
        for prefix in _MIRRORED:
            for info in self._results.list(prefix):
                if info not in self._copied:
                    self._copy(info)
                    self._copied.add(info)

    def _copy(self, info: ObjectInfo) -> None:
        data = self._results.read(info.name, generation=info.generation)
        try:
            self._folder.create(info.name, data)
        except PreconditionFailed:
            return
        except ObjectNameUnsupported as error:
            self._say(f"{info.name}: not copied: {error}")
            return
        path = self._folder.path_of(info.name)
        if info.name.startswith("insights/"):
            self._say(f"insight: {path}")
        else:
            failure = decode(data, Failure)
            about = failure.recording.name if failure.recording else "an event"
            self._say(f"{about}: {failure.code}: {failure.reason}. {failure.advice} ({path})")


def _visible_files(folder: Path) -> Iterator[tuple[Path, _State]]:
    for path in folder.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        try:
            status = path.stat()
        except FileNotFoundError:  # moved away this moment
            continue
        if S_ISREG(status.st_mode):
            yield path, _State(status.st_mtime_ns, status.st_size)
