"""A spoken entry, transcribed here as far as time allows: window by window, and the rest by the job."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from samo.delivery_notes import note_windows
from samo.domain.recording import Recording
from samo.domain.transcript import Transcript
from samo.domain.window_plan import WindowPart, WindowPlan
from samo.ports import Clock, ObjectStore, Transcriber
from samo.stages.checkpoints import Checkpoints
from samo.stages.effect import HANDED_OVER, HandedOver
from samo.stages.hand_over import JobDesk
from samo.stages.pace import Pace
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.subtitle_files import write_subtitles
from samo.stages.timestamps import timestamp


class SpokenEntries:
    """Transcribes recordings of any length that the transcriber accepts.

    One with a single window is transcribed at once. Of others, the plan and each window are kept, so that a killed
    instance costs one window; and what would not be done within `budget_s`, or looked at within `planning_s`, goes to
    the job of the `desk`. Without a desk there is no budget: the work goes on, and on the next delivery if this one is
    killed.
    """

    def __init__(
        self,
        recordings: StoredRecordings,
        results: ObjectStore,
        transcriber: Transcriber,
        clock: Clock,
        *,
        desk: JobDesk | None = None,
        budget_s: float = 0.0,
        planning_s: float = math.inf,
        pace: Pace | None = None,
    ) -> None:
        self._recordings = recordings
        self._results = results
        self._transcriber = transcriber
        self._clock = clock
        self._desk = desk
        self._budget_s = budget_s
        self._planning_s = planning_s
        self._pace = pace or Pace()

    def transcribe(self, recording: Recording, checkpoints: Checkpoints) -> Transcript | HandedOver:
        """The transcript, with its subtitles written; or the job was started. Raises what the transcriber raises."""
        started_s = self._clock.now_s()
        kept = checkpoints.plan()
        if self._desk is not None and self._desk.look_after(recording.ref, checkpoints) is not None:
            return HANDED_OVER
        with self._recordings.audio(recording.ref) as audio:
            plan = kept or self._planned(audio, recording, checkpoints, started_s)
            parts = None if plan is None else self._parts(audio, plan, checkpoints, started_s)
        if plan is None or parts is None:
            assert self._desk is not None, "without a desk there is no budget"
            return self._desk.hand_over(recording.ref, checkpoints, plan)
        transcript = self._transcriber.merge(plan, parts, created_at=timestamp(self._clock))
        write_subtitles(self._results, transcript)
        return transcript

    def _planned(
        self, audio: Path, recording: Recording, checkpoints: Checkpoints, started_s: float
    ) -> WindowPlan | None:
        def in_time() -> bool:
            return self._desk is None or self._clock.now_s() - started_s < self._planning_s

        plan = self._transcriber.plan(audio, recording.ref, hints=recording.hints, go_on=in_time)
        if plan is None or len(plan.windows) <= 1:
            return plan
        return checkpoints.keep_plan(plan)

    def _parts(
        self, audio: Path, plan: WindowPlan, checkpoints: Checkpoints, started_s: float
    ) -> Sequence[WindowPart] | None:
        """All parts, or None when there is no time for the rest."""
        numbers = range(len(plan.windows))
        if len(plan.windows) <= 1:
            return list(self._timed(audio, plan, iter(numbers)))
        found = {number: checkpoints.part(number) for number in sorted(checkpoints.done())}
        parts = {number: part for number, part in found.items() if part is not None and number in numbers}
        missing = [number for number in numbers if number not in parts]

        def affordable() -> Iterator[int]:
            for number in missing:
                left = sum(plan.windows[each].speech_s for each in missing if each not in parts)
                if self._desk is not None and self._pace.estimate_s(left) > self._left_s(started_s):
                    return
                yield number

        for part in self._timed(audio, plan, affordable()):
            checkpoints.keep_part(part)
            parts[part.window] = part
        note_windows(done=len(parts), of=len(plan.windows))
        return list(parts.values()) if len(parts) == len(plan.windows) else None

    def _timed(self, audio: Path, plan: WindowPlan, numbers: Iterator[int]) -> Iterator[WindowPart]:
        began_s = self._clock.now_s()
        for part in self._transcriber.listen(audio, plan, numbers):
            now_s = self._clock.now_s()
            self._pace.note(speech_s=plan.windows[part.window].speech_s, work_s=now_s - began_s)
            yield part
            began_s = self._clock.now_s()

    def _left_s(self, started_s: float) -> float:
        return self._budget_s - (self._clock.now_s() - started_s)
