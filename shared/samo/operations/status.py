"""Where an entry is: what each stage has done, is doing, could not do or waits for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from samo.domain.documents import decode
from samo.domain.emotion import EmotionReading
from samo.domain.errors import DocumentInvalid, ObjectNotFound, PermanentError, SamoError
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import (
    STAGES,
    StageName,
    emotions_name,
    failure_name,
    hand_over_name,
    insight_name,
    lease_name,
    plan_name,
    retry_name,
    summary_name,
    transcript_name,
)
from samo.domain.recording import RecordingRef
from samo.domain.summary import Summary
from samo.domain.transcript import EngineUse, Transcript
from samo.domain.window_plan import WindowPlan
from samo.leases import LeaseDocument
from samo.operations.entries import recordings_of
from samo.ports import Clock, ObjectStore
from samo.stages.checkpoints import Checkpoints, HandOver
from samo.stages.hand_over import STALLED_S
from samo.stages.stored_documents import find_document

State = Literal["done", "at work", "failed", "waiting"]
Overall = Literal["done", "in progress", "failed"]

_RESULTS: dict[StageName, tuple[Any, type[msgspec.Struct]]] = {
    "transcription": (transcript_name, Transcript),
    "emotion": (emotions_name, EmotionReading),
    "summarization": (summary_name, Summary),
    "insights": (insight_name, Insight),
}


class EntryUnknown(SamoError):
    """Nothing is stored about such an entry."""

    code = "entry_unknown"


class StageStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of one recording. Fields that do not go with `state` are None; times are RFC 3339 in UTC.

    `waits_for` says what has to happen before the stage goes on. A transcription that the function has handed over to
    the job says how many windows are done, and of how many: None where the job still has to plan them.
    """

    stage: StageName
    state: State
    object: str | None = None
    since: str | None = None
    until: str | None = None
    owner: str | None = None
    attempt: int | None = None
    made_by: EngineUse | None = None
    revision: int | None = None
    degraded: bool | None = None
    code: str | None = None
    reason: str | None = None
    advice: str | None = None
    waits_for: str | None = None
    windows: int | None = None
    windows_done: int | None = None


class EntryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """All stages of one recording, and the other generations of its entry that anything is stored about."""

    recording: RecordingRef
    state: Overall
    superseded: bool
    stages: tuple[StageStatus, ...]
    other_generations: tuple[int, ...]


def entry_status(
    entry: str,
    generation: int | None,
    *,
    results: ObjectStore,
    leases: ObjectStore,
    recordings: ObjectStore | None,
    clock: Clock,
) -> EntryStatus:
    """The status of `user/entry`, or of an object name, in its newest generation or in the one given.

    Raises `EntryUnknown`, `StoreUnavailable`.
    """
    known = recordings_of(entry, results, leases, recordings)
    if not known:
        raise EntryUnknown(f"nothing is stored about {entry}; give user/entry or the name of the uploaded object")
    chosen = known[-1] if generation is None else next((ref for ref in known if ref.generation == generation), None)
    if chosen is None:
        told = ", ".join(str(ref.generation) for ref in known)
        raise EntryUnknown(f"nothing is stored about generation {generation} of {entry}; there is {told}")
    stages = _stages(chosen, results, leases, clock)
    return EntryStatus(
        recording=chosen,
        state=_overall(stages),
        superseded=chosen != known[-1],
        stages=tuple(stages.values()),
        other_generations=tuple(ref.generation for ref in known if ref != chosen),
    )


def _overall(stages: dict[StageName, StageStatus]) -> Overall:
    if stages["insights"].state == "done":
        return "done"
    return "failed" if "failed" in (stages["transcription"].state, stages["insights"].state) else "in progress"


def _stages(ref: RecordingRef, results: ObjectStore, leases: ObjectStore, clock: Clock) -> dict[StageName, StageStatus]:
    found: dict[StageName, StageStatus] = {}
    for stage in STAGES:
        found[stage] = (
            _done(stage, ref, results)
            or _failed(stage, ref, results)
            or (_handed_over(ref, leases, clock) if stage == "transcription" else None)
            or _at_work(stage, ref, leases, clock)
            or StageStatus(stage=stage, state="waiting", waits_for=_awaited(stage, ref, found, results))
        )
    return found


def _done(stage: StageName, ref: RecordingRef, results: ObjectStore) -> StageStatus | None:
    name_of, kind = _RESULTS[stage]
    try:
        name = name_of(ref)
    except PermanentError:  # a name that no result can have
        return None
    try:
        document: Any = find_document(results, name, kind)
    except DocumentInvalid as error:
        return StageStatus(stage=stage, state="done", object=name, code=error.code, reason=str(error))
    if document is None:
        return None
    insight = document if isinstance(document, Insight) else None
    return StageStatus(
        stage=stage,
        state="done",
        object=name,
        since=document.created_at,
        made_by=None if insight else document.made_by,
        revision=insight.revision if insight else None,
        degraded=insight.degraded if insight else None,
    )


def _failed(stage: StageName, ref: RecordingRef, results: ObjectStore) -> StageStatus | None:
    name = failure_name(stage, ref)
    try:
        failure = find_document(results, name, Failure)
    except DocumentInvalid as error:
        return StageStatus(stage=stage, state="failed", object=name, code=error.code, reason=str(error))
    if failure is None:
        return None
    return StageStatus(
        stage=stage,
        state="failed",
        object=name,
        since=failure.created_at,
        code=failure.code,
        reason=failure.reason,
        advice=failure.advice,
    )


def _handed_over(ref: RecordingRef, leases: ObjectStore, clock: Clock) -> StageStatus | None:
    try:
        record = find_document(leases, hand_over_name(ref), HandOver)
        plan = find_document(leases, plan_name(ref), WindowPlan)
    except DocumentInvalid:  # the next delivery makes everything again
        return None
    if record is None:
        return None
    done = len(Checkpoints(leases, ref).done())
    # Nobody notes each window's time: what is known is that there was none more when an event last came.
    stalled = done <= record.progress and clock.now_s() - record.progress_at_s > STALLED_S
    return StageStatus(
        stage="transcription",
        state="waiting" if stalled else "at work",
        object=hand_over_name(ref),
        since=_moment(record.launched_at_s),
        attempt=record.launches,
        windows=None if plan is None else len(plan.windows),
        windows_done=done,
        waits_for="another delivery, which starts the job again: it has done nothing for so long" if stalled else None,
    )


def _at_work(stage: StageName, ref: RecordingRef, leases: ObjectStore, clock: Clock) -> StageStatus | None:
    try:
        lease = decode(leases.read(lease_name(stage, ref)), LeaseDocument)
    except (ObjectNotFound, DocumentInvalid):  # an unreadable one is taken over like an expired one
        return None
    if lease.expires_at_s <= clock.now_s():
        return StageStatus(
            stage=stage,
            state="waiting",
            attempt=lease.attempt,
            waits_for="another delivery: a worker was ended without giving its lease back",
        )
    return StageStatus(
        stage=stage,
        state="at work",
        object=lease_name(stage, ref),
        owner=lease.owner,
        since=None if lease.claimed_at_s is None else _moment(lease.claimed_at_s),
        until=_moment(lease.expires_at_s),
        attempt=lease.attempt,
    )


def _awaited(stage: StageName, ref: RecordingRef, before: dict[StageName, StageStatus], results: ObjectStore) -> str:
    if results.stat(retry_name(stage, ref)) is not None:
        return "the end of a retry that was interrupted: run `samo failures retry` again"
    if stage == "transcription":
        return "the delivery of the notification about the upload"
    if before["transcription"].state == "failed":
        return "nothing: without a transcript there is nothing to do"
    if stage != "insights":
        return "transcription" if before["transcription"].state != "done" else "the delivery of the transcript's event"
    analyses: tuple[StageName, ...] = ("emotion", "summarization")
    unfinished = [each for each in analyses if before[each].state not in ("done", "failed")]
    return " and ".join(unfinished) or "the delivery of an analysis's event"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
