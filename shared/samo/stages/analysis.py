"""The effect of an analysis: emotions and summary announce success and failure alike, so that the join never waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from samo.domain.events import AnalysisReady, ObjectPointer, TranscriptReady
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.messages import Message, read_payload
from samo.ports import ObjectStore
from samo.stages.effect import Effect, EffectRunner, Outcome
from samo.stages.stored_documents import check_bucket, read_transcript

Part = Literal["emotions", "summary"]


def run_analysis(
    message: Message,
    results: ObjectStore,
    runner: EffectRunner,
    *,
    part: Part,
    result_name_of: Callable[[RecordingRef], str],
    analyse: Callable[[Transcript], msgspec.Struct],
) -> Outcome:
    """Make one part of the transcript that the message announces. Raises `EventError` and `TransientError`."""
    event = read_payload(message, TranscriptReady)
    check_bucket(results, event)
    ref = event.recording
    return runner.run(
        analysis_of(
            ref,
            part=part,
            result_name=result_name_of(ref),
            work=lambda: analyse(read_transcript(results, ref)),
            revision=event.revision,
        )
    )


def analysis_of(
    recording: RecordingRef, *, part: Part, result_name: str, work: Callable[[], msgspec.Struct], revision: int = 1
) -> Effect:
    """The effect that stores one part at `result_name` and tells the insights stage how it ended."""

    def announce(outcome: Literal["ok", "failed"]) -> Callable[[ObjectPointer], AnalysisReady]:
        return lambda pointer: AnalysisReady(
            recording=recording, part=part, outcome=outcome, object=pointer, revision=revision
        )

    return Effect(
        recording=recording,
        result_name=result_name,
        work=work,
        announce=announce("ok"),
        announce_failure=announce("failed"),
    )
