"""One effect from at-least-once delivery: claim → work → commit → publish → release.

    claim ──► work ──► commit ──► publish ──► release ──► (ack)
                         │           │
                         │           └ crash here: redelivery finds the result, publishes again, acks
                         └ create-only write: the result object is the completion record

Work that goes on elsewhere ends a delivery without any of this: `HANDED_OVER`. Whoever goes on with it runs the effect
to its end.

A permanent error takes the same path: its failure record is the completion record.

A worker slower than its lease may fail while the one that took over succeeds, and the two records have different names:
create-only does not exclude both. So whoever fails looks for a record before it commits its own, and what remains is a
result that is committed after a failure, or within that look. Then the result wins: every reader of this package looks
for it first, a redelivery announces it, and consumers are asked to do the same (docs/adr/0007). The failure record
stays, for it was announced; an insight that was joined from it stays degraded.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Literal

import msgspec

from samo.delivery_notes import note_result
from samo.domain.documents import encode
from samo.domain.errors import PermanentError, PreconditionFailed, SamoError, StoreUnavailable
from samo.domain.events import Event, ObjectPointer
from samo.domain.failure import Failure
from samo.domain.names import StageName, event_failure_name, failure_name, lease_name
from samo.domain.recording import RecordingRef
from samo.leases import Leases
from samo.ports import Clock, ObjectInfo, ObjectStore, Publisher
from samo.stages.timestamps import timestamp

_logger = logging.getLogger("samo")


class Outcome(msgspec.Struct, frozen=True):
    """How a delivery ended; a failed one with the code of its failure record. All of these are acked."""

    ended: Literal["committed", "replayed", "failed", "waiting", "ignored", "handed_over"]
    code: str | None = None


class HandedOver(msgspec.Struct, frozen=True):
    """In place of a result: another program makes it, commits it and publishes it."""


HANDED_OVER = HandedOver()


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What one stage does to one recording.

    `work` makes the result, or raises a `PermanentError`, or says that it has been handed over. `announce` and
    `announce_failure` make the event that points at the stored object; None says that nobody waits for it.
    """

    recording: RecordingRef
    result_name: str
    work: Callable[[], msgspec.Struct]
    announce: Callable[[ObjectPointer], Event]
    announce_failure: Callable[[ObjectPointer], Event] | None = None


class EffectRunner:
    """Runs the effects of one stage."""

    def __init__(self, stage: StageName, results: ObjectStore, leases: Leases, topic: Publisher, clock: Clock) -> None:
        self.stage = stage
        self._results = results
        self._leases = leases
        self._topic = topic
        self._clock = clock

    def run(self, effect: Effect) -> Outcome:
        """Bring the effect about, or find that it has been.

        Raises `LeaseHeld` while another worker is on it and other `TransientError`s when it must be tried again.
        """
        if self._replay(effect):
            return Outcome("replayed")
        lease = self._leases.claim(lease_name(self.stage, effect.recording), owner=uuid.uuid4().hex)
        try:
            if self._replay(effect):  # finished between the look and the claim
                return Outcome("replayed")
            return self._bring_about(effect)
        finally:
            try:
                self._leases.release(lease)
            except SamoError as error:  # it expires by itself, and the outcome above stands
                _logger.warning("lease not released: %s", error.code)

    def give_up(self) -> None:
        """Give all leases back, for this process is about to be killed. Whatever it still commits counts."""
        try:
            count = self._leases.release_all()
        except SamoError as error:  # they expire by themselves
            _logger.warning("ending, and leases not released: %s", error.code)
            return
        if count:
            _logger.warning("ending, leases given back: %d", count)

    def reject_event(self, message_id: str, error: PermanentError) -> Outcome:
        """Record a message that names no recording of ours."""
        self._commit(event_failure_name(self.stage, message_id), self._failure(None, error))
        return Outcome("failed", error.code)

    def fail(self, recording: RecordingRef, error: PermanentError) -> Outcome:
        """Record that the recording cannot be processed."""
        self._commit(failure_name(self.stage, recording), self._failure(recording, error))
        return Outcome("failed", error.code)

    def _bring_about(self, effect: Effect) -> Outcome:
        try:
            result = effect.work()
        except PermanentError as error:
            if self._replay_result(effect):  # of a worker that took the lease over
                return Outcome("replayed")
            name = failure_name(self.stage, effect.recording)
            info = self._commit(name, self._failure(effect.recording, error))
            self._announce_failure(effect, info)
            return Outcome("failed", error.code)
        if isinstance(result, HandedOver):
            return Outcome("handed_over")
        note_result(result)
        info = self._commit(effect.result_name, result)
        self._topic.publish(effect.announce(self._pointer(info)))
        return Outcome("committed")

    def _replay(self, effect: Effect) -> bool:
        """Publish again what a former delivery made; False if there is nothing yet."""
        if self._replay_result(effect):
            return True
        if (info := self._results.stat(failure_name(self.stage, effect.recording))) is not None:
            self._announce_failure(effect, info)
            return True
        return False

    def _replay_result(self, effect: Effect) -> bool:
        if (info := self._results.stat(effect.result_name)) is None:
            return False
        self._topic.publish(effect.announce(self._pointer(info)))
        return True

    def _announce_failure(self, effect: Effect, info: ObjectInfo) -> None:
        if effect.announce_failure is not None:
            self._topic.publish(effect.announce_failure(self._pointer(info)))

    def _failure(self, recording: RecordingRef | None, error: PermanentError) -> Failure:
        return Failure(
            stage=self.stage,
            recording=recording,
            code=error.code,
            reason=str(error),
            advice=error.advice,
            created_at=timestamp(self._clock),
        )

    def _commit(self, name: str, document: msgspec.Struct) -> ObjectInfo:
        """Create-only: an object that exists was committed by another attempt, or by this one; it counts."""
        try:
            return self._results.create(name, encode(document))
        except PreconditionFailed:
            info = self._results.stat(name)
            if info is None:
                raise StoreUnavailable("the result was deleted while it was being committed") from None
            return info

    def _pointer(self, info: ObjectInfo) -> ObjectPointer:
        return ObjectPointer(bucket=self._results.bucket, name=info.name, generation=info.generation)
