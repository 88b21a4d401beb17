"""Retrying what failed: the failure record goes, and the stage is set off again.

    note ──► delete the record ──► set a degraded insight aside ──► publish ──► delete the note
      │             │                          │                       │
      └ the note, a copy of the record below `retries/`, outlives a crash at any point: the next retry ends what this
        one began, and repeats at most a message

To publish first would lose the recording: the stage would find the record, tell of it and acknowledge, and only then
would it go. The leases of the stage and of the insights stage are held until everything is in place, so that nobody
commits in between; see docs/adr/0009 for the insight that follows.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from samo.domain.documents import encode
from samo.domain.errors import PreconditionFailed, SamoError
from samo.domain.failure import Failure
from samo.domain.names import StageName, lease_name, retry_name
from samo.domain.recording import RecordingRef
from samo.leases import Lease, Leases
from samo.operations.failures import find_failure
from samo.operations.revisions import next_revision, set_degraded_insight_aside
from samo.operations.starting import NotRetriable, StageTopics, check_startable, start
from samo.ports import ObjectStore

RETRY_LEASE_S = 60.0
"""How long a retry that was killed keeps the stages waiting, and the next retry."""

_logger = logging.getLogger("samo")


class Retrier:
    """Retries failures of one deployment."""

    def __init__(self, results: ObjectStore, leases: Leases, topics: StageTopics) -> None:
        self._results = results
        self._leases = leases
        self._topics = topics

    def retry(self, name: str) -> Failure:
        """Retry the failure with this record; returns what the record said. Safe to repeat, whenever it was ended.

        Raises `FailureUnknown`, `NotRetriable`, `LeaseHeld` while a worker is on the recording, and other
        `TransientError`s.
        """
        failure = find_failure(self._results, name).failure
        if failure is None:
            raise NotRetriable(f"{name} cannot be read")
        recording = failure.recording
        if recording is None:
            raise NotRetriable(f"{name}: the message named no recording, so there is nothing to set off again")
        check_startable(self._results, failure.stage, recording)
        note = retry_name(failure.stage, recording)
        with self._held(failure.stage, recording):
            revision = next_revision(self._results, recording) if failure.stage != "transcription" else 1
            with suppress(PreconditionFailed):  # of a retry that was ended
                self._results.create(note, encode(failure))
            self._delete(name)
            if failure.stage in ("emotion", "summarization"):
                set_degraded_insight_aside(self._results, recording)
        start(self._results, self._topics, failure.stage, recording, revision)
        self._delete(note)
        return failure

    def _delete(self, name: str) -> None:
        if (info := self._results.stat(name)) is not None:
            self._results.delete(name, generation=info.generation)

    @contextmanager
    def _held(self, stage: StageName, recording: RecordingRef) -> Iterator[None]:
        owner = f"retry-{uuid.uuid4().hex}"
        with ExitStack() as held:
            stages: tuple[StageName, ...] = (stage,) if stage == "insights" else (stage, "insights")
            for each in stages:
                lease = self._leases.claim(lease_name(each, recording), owner=owner)
                held.callback(self._release, lease)
            yield

    def _release(self, lease: Lease) -> None:
        try:
            self._leases.release(lease)
        except SamoError as error:  # it expires by itself
            _logger.warning("lease not released: %s", error.code)
