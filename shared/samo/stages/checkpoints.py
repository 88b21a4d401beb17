"""What is kept of a long transcription while it goes on, so that whoever dies costs one window.

    transcription/{name}/{generation}/plan.json            made once, by whoever comes first
                                      window-00000.json    one for each window, by whoever transcribed it
                                      job.json             which job was started for the rest

Everything but `job.json` is created and never overwritten. All of it holds, or leads to, what a person said: it is
deleted when the transcript, or the record of its failure, stands; the bucket's lifecycle bounds what a crash leaves.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import TypeVar

import msgspec

from samo.domain.documents import encode, encode_compact
from samo.domain.errors import DocumentInvalid, PreconditionFailed, SamoError, StoreUnavailable
from samo.domain.names import checkpoints_prefix, hand_over_name, part_name, plan_name
from samo.domain.recording import RecordingRef
from samo.domain.window_plan import WindowPart, WindowPlan
from samo.ports import ObjectInfo, ObjectStore
from samo.stages.stored_documents import find_document

Document = TypeVar("Document", bound=msgspec.Struct)

_logger = logging.getLogger("samo")

_OURS = re.compile(r"plan\.(json|lease)|job\.json|window-(\d{5,})\.(json|lease)")


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """A job was started, and its start confirmed: the last of `launches` at `launched_at_s`.

    `progress` is the number of parts when an event last came and found more of them than before.
    """

    schema_version: int = 1
    tasks: int
    launches: int
    launched_at_s: float
    progress: int
    progress_at_s: float


class Checkpoints:
    """The checkpoints of one recording. `used` says that there are, or were, some."""

    def __init__(self, store: ObjectStore, recording: RecordingRef) -> None:
        self._store = store
        self._recording = recording
        self.used = False

    def plan(self) -> WindowPlan | None:
        """The plan, if there is one."""
        return self._find(plan_name(self._recording), WindowPlan)

    def keep_plan(self, plan: WindowPlan) -> WindowPlan:
        """Keep the plan, and return the one that counts: the first that was kept."""
        self.used = True
        with suppress(PreconditionFailed):
            self._store.create(plan_name(self._recording), encode_compact(plan))
            return plan
        kept = self.plan()
        if kept is None:
            raise StoreUnavailable("the plan was deleted while it was being kept")
        return kept

    def has_part(self, window: int) -> bool:
        """Whether the window has been transcribed."""
        return self._store.stat(part_name(self._recording, window)) is not None

    def keep_part(self, part: WindowPart) -> None:
        """Keep what was heard in a window, unless somebody was faster."""
        with suppress(PreconditionFailed):
            self._store.create(part_name(self._recording, part.window), encode_compact(part))

    def part(self, window: int) -> WindowPart | None:
        """What was heard in the window, if it has been transcribed."""
        return self._find(part_name(self._recording, window), WindowPart)

    def done(self) -> frozenset[int]:
        """The windows that have been transcribed, by what exists."""
        found = (_OURS.fullmatch(self._local_name(info)) for info in self._store.list(self._prefix))
        return frozenset(int(match[2]) for match in found if match and match[3] == "json")

    def hand_over(self) -> tuple[HandOver, int] | None:
        """The job that was started, and the generation of the record."""
        name = hand_over_name(self._recording)
        info = self._store.stat(name)
        if info is None or (document := self._find(name, HandOver)) is None:
            return None
        return document, info.generation

    def keep_hand_over(self, document: HandOver, *, generation: int | None) -> None:
        """Write down that a job was started, in place of the record of this generation."""
        self.used = True
        name = hand_over_name(self._recording)
        with suppress(PreconditionFailed):  # another delivery started one as well, and its record will do
            if generation is None:
                self._store.create(name, encode(document))
            else:
                self._store.replace(name, encode(document), generation=generation)

    def clear(self) -> None:
        """Delete everything: the recording has come to its end. What cannot be deleted now, the lifecycle deletes."""
        try:
            for info in list(self._store.list(self._prefix)):
                if _OURS.fullmatch(self._local_name(info)):
                    self._store.delete(info.name, generation=info.generation)
        except SamoError as error:
            _logger.warning("checkpoints not deleted: %s", error.code)

    def _find(self, name: str, kind: type[Document]) -> Document | None:
        try:
            document = find_document(self._store, name, kind)
        except DocumentInvalid:  # nobody can go on from what nobody can read: everything is made again
            self.clear()
            return None
        self.used |= document is not None
        return document

    @property
    def _prefix(self) -> str:
        return checkpoints_prefix(self._recording)

    def _local_name(self, info: ObjectInfo) -> str:
        return info.name.removeprefix(self._prefix)
