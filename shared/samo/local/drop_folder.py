"""A folder to play with: files dropped into its `inbox` go through the local stack, results appear in `results`."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from samo.adapters.directory import DirectoryStore
from samo.domain.documents import decode
from samo.domain.errors import ObjectNameUnsupported, PermanentError, PreconditionFailed, SamoError
from samo.domain.failure import Failure
from samo.domain.names import failure_name, insight_name
from samo.domain.recording import RecordingRef
from samo.local.dead_letters import DeadLetters
from samo.local.folder_state import EndedUploads, FileState, described_deployment, owned_folder
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
    the stack has a file in `logs`. What has its outcome in `results` is not uploaded again by a later call. Raises
    `LocalStackError` when the stack cannot run any longer, or another process serves the folder.
    """
    inbox, results = folder / "inbox", folder / "results"
    for needed in (inbox, results):
        needed.mkdir(parents=True, exist_ok=True)
    with (
        owned_folder(folder) as ended,
        tempfile.TemporaryDirectory(prefix="samo-") as objects,
        run_stack(Path(objects), folder / "logs", functions) as stack,
        described_deployment(folder, {**stack.environment(), **functions.for_commands()}),
    ):
        say(f"ready: drop recordings or .txt files into {inbox}; results appear in {results}; Ctrl-C ends")
        uploading = Inbox(inbox, stack.store("recordings"), user, say, ended)
        mirroring = Mirror(stack.store("results"), results, say)
        dead_letters = DeadLetters(stack.waiting_dead_letters, stack.logs, say)
        stopped = stop or threading.Event()
        while not stopped.wait(poll_s):
            try:
                uploading.look()
                mirroring.look()
                uploading.settle(mirroring.copied)
                dead_letters.look()
            except Exception:
                stack.check()  # where a process is gone, that is the error to tell of
                raise
            stack.check()


class _Upload(NamedTuple):
    ref: RecordingRef
    state: FileState


class Inbox:
    """Uploads each file once it has stopped growing, and again when it has changed.

    An upload without an outcome is forgotten with the process, whose buckets are gone as well: the next one repeats it.
    """

    def __init__(self, folder: Path, recordings: ObjectStore, user: str, say: Say, ended: EndedUploads) -> None:
        self._folder = folder
        self._ended = ended
        self._recordings = recordings
        self._user = user
        self._say = say
        self._seen: dict[Path, FileState] = {}
        self._tried: dict[Path, FileState] = {}
        self._waiting: dict[str, _Upload] = {}

    def look(self) -> None:
        """Upload what is new and the same as at the last look."""
        before, self._seen = self._seen, dict(_visible_files(self._folder))
        for path, state in self._seen.items():
            if state == before.get(path) and state != self._tried.get(path):
                self._tried[path] = state
                name = self._name_of(path)
                if not self._ended.holds(name, state):
                    self._upload(name, path, state)

    def settle(self, results: Set[str]) -> None:
        """Remember the uploads whose outcome is among these results."""
        for name, upload in list(self._waiting.items()):
            if not results.isdisjoint(_outcomes(upload.ref)):
                self._ended.add(name, upload.state)
                del self._waiting[name]

    def _name_of(self, path: Path) -> str:
        name = path.relative_to(self._folder).as_posix()
        return name if "/" in name else f"{self._user}/{name}"

    def _upload(self, name: str, path: Path, state: FileState) -> None:
        try:
            stored = self._recordings.upload(name, path)
        except (OSError, SamoError) as error:
            self._say(f"{name}: not uploaded: {error}")
            return
        ref = RecordingRef(bucket=self._recordings.bucket, name=name, generation=stored.generation)
        self._waiting[name] = _Upload(ref, state)
        self._say(f"{name}: uploaded")


class Mirror:
    """Copies insights, reports and failure records into a directory as they appear."""

    def __init__(self, results: ObjectStore, folder: Path, say: Say) -> None:
        self._results = results
        self._folder = DirectoryStore(folder)
        self._say = say
        self._copied: dict[str, int] = {}  # the generation by name

    @property
    def copied(self) -> Set[str]:
        """The names of the results that have been copied."""
        return set(self._copied)

    def look(self) -> None:
        """Copy what is new, and say so."""
        for prefix in _MIRRORED:
            for info in self._results.list(prefix):
                if self._copied.get(info.name) != info.generation:
                    self._copy(info)
                    self._copied[info.name] = info.generation

    def _copy(self, info: ObjectInfo) -> None:
        data = self._results.read(info.name, generation=info.generation)
        try:
            self._folder.create(info.name, data)
        except PreconditionFailed:
            mirrored = self._folder.stat(info.name)
            if mirrored is None or self._folder.read(info.name) == data:
                return
            self._folder.replace(info.name, data, generation=mirrored.generation)  # after a retry or a reprocessing
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


def _outcomes(ref: RecordingRef) -> set[str]:
    """The objects of which one appears when the recording is through all stages."""
    names = {failure_name("transcription", ref), failure_name("insights", ref)}
    with suppress(PermanentError):  # a name that no insight can have
        names.add(insight_name(ref))
    return names


def _visible_files(folder: Path) -> Iterator[tuple[Path, FileState]]:
    for path in folder.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        try:
            status = path.stat()
        except FileNotFoundError:  # moved away this moment
            continue
        if S_ISREG(status.st_mode):
            yield path, FileState(status.st_mtime_ns, status.st_size)
