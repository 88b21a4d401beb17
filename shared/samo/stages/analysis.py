"""The effect of an analysis: emotions and summary announce success and failure alike, so that the join never waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from samo.domain.events import AnalysisReady, ObjectPointer
from samo.domain.recording import RecordingRef
from samo.stages.effect import Effect

Part = Literal["emotions", "summary"]


def analysis_of(recording: RecordingRef, *, part: Part, result_name: str, work: Callable[[], msgspec.Struct]) -> Effect:
    """The effect that stores one part at `result_name` and tells the insights stage how it ended."""

    def announce(outcome: Literal["ok", "failed"]) -> Callable[[ObjectPointer], AnalysisReady]:
        return lambda pointer: AnalysisReady(recording=recording, part=part, outcome=outcome, object=pointer)

    return Effect(
        recording=recording,
        result_name=result_name,
        work=work,
        announce=announce("ok"),
        announce_failure=announce("failed"),
    )
