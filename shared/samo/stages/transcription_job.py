"""The job for a long recording: N tasks, each with its share of the windows, and whoever is last merges.

    task 0   window 0 ── window 4 ── window 8 ──┐
    task 1   window 1 ── window 5 ── window 9 ──┤ all parts exist? → merge ── commit ── publish
    task 2   window 2 ── ✗ (again: window 6) ───┤
    task 3   window 3 ── window 7 ──────────────┘

Who merges is decided by what exists, not by numbers. Each window has a lease, so that a second execution of the job
leaves alone what the first is at; its owner is the task, so that a task that is started again finds its own. A task
ends well when all its windows have parts, or the recording has come to its end: when all tasks have ended well, there
is a transcript or the record of a failure.

A task is given `max_retries` more attempts. The last of them transcribes nothing: it is there to record `job_failed`
when the others were killed without a word, by the kernel for memory or by a fault in a decoder. (Where the first
attempt is the last one, it works, and records what it raises.)
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass

from samo.delivery_notes import note_windows
from samo.domain.errors import JobFailed, LeaseHeld, PermanentError, StoreUnavailable, TransientError
from samo.domain.events import TranscriptReady
from samo.domain.names import failure_name, plan_lease_name, transcript_name, window_lease_name
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.domain.window_plan import WindowPlan
from samo.leases import Leases
from samo.ports import Clock, ObjectStore, Transcriber
from samo.stages.checkpoints import Checkpoints
from samo.stages.effect import Effect, EffectRunner, Outcome
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.subtitle_files import write_subtitles
from samo.stages.timestamps import timestamp

Wait = Callable[[float], None]
"""Lets so many seconds pass."""

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0

TROUBLE_S = 300.0
"""So long a task bears with stores and models that cannot be reached; attempts follow each other at once."""


@dataclass(frozen=True)
class TaskPlace:
    """Which task of which execution this is, and which of its attempts, all counted from 0."""

    execution: str
    index: int
    count: int
    attempt: int
    max_retries: int

    @property
    def name(self) -> str:
        """The same for all attempts of the task: whoever has it owns the leases of the one before."""
        return f"{self.execution}/{self.index}"

    @property
    def is_last_attempt(self) -> bool:
        """Whether nobody comes after this one."""
        return self.attempt >= self.max_retries


class TranscriptionTask:
    """One task. `patience_s` is how long it waits for others without anything happening: more than a lease lasts."""

    def __init__(
        self,
        recordings: StoredRecordings,
        results: ObjectStore,
        checkpoints: ObjectStore,
        transcriber: Transcriber,
        runner: EffectRunner,
        leases: Leases,
        clock: Clock,
        *,
        wait: Wait,
        patience_s: float,
    ) -> None:
        self.runner = runner
        self._recordings = recordings
        self._results = results
        self._checkpoints = checkpoints
        self._transcriber = transcriber
        self._leases = leases
        self._clock = clock
        self._wait = wait
        self._patience_s = patience_s

    def run(self, ref: RecordingRef, place: TaskPlace) -> Outcome:
        """Do the task's share. Raises `TransientError` when another attempt may help, and whatever is unknown."""
        try:
            transcript_name(ref)
        except PermanentError as error:
            return self.runner.fail(ref, error)
        checkpoints = Checkpoints(self._checkpoints, ref)
        if place.is_last_attempt and place.attempt > 0:
            outcome = self._bury(ref, checkpoints, place)
        else:
            outcome = self._tried(ref, checkpoints, place)
        if outcome.ended != "waiting":
            checkpoints.clear()
        return outcome

    def _tried(self, ref: RecordingRef, checkpoints: Checkpoints, place: TaskPlace) -> Outcome:
        try:
            return self._patiently(ref, checkpoints, place)
        except PermanentError as error:
            return self.runner.run(self._effect(ref, _raises(error)))
        except Exception:
            if place.is_last_attempt:
                self._bury(ref, checkpoints, place)
            raise

    def _patiently(self, ref: RecordingRef, checkpoints: Checkpoints, place: TaskPlace) -> Outcome:
        """Rounds, with waits between them that grow until something happens."""
        wait_s, waited_s, seen = FIRST_WAIT_S, 0.0, -1
        # Whoever committed the result publishes it. That may have been the attempt before, or a round that failed then.
        announces = place.attempt > 0
        while True:
            try:
                return self._round(ref, checkpoints, place, announces=announces)
            except TransientError as error:
                announces |= not isinstance(error, LeaseHeld)
                progress = self._progress(checkpoints, seen)
                if progress != seen:
                    wait_s, waited_s, seen = FIRST_WAIT_S, 0.0, progress
                elif waited_s >= (self._patience_s if isinstance(error, LeaseHeld) else TROUBLE_S):
                    raise
            self._wait(wait_s)
            waited_s += wait_s
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _progress(self, checkpoints: Checkpoints, seen: int) -> int:
        try:
            return len(checkpoints.done())
        except TransientError:
            return seen

    def _round(self, ref: RecordingRef, checkpoints: Checkpoints, place: TaskPlace, *, announces: bool) -> Outcome:
        if self._has_ended(ref):
            return self._replayed(ref, announces=announces)
        plan = checkpoints.plan() or self._plan(ref, checkpoints, place)
        if plan is None:  # somebody has finished the recording while this task planned
            return self._replayed(ref, announces=announces)
        share = range(place.index, len(plan.windows), place.count)
        done = checkpoints.done()
        missing = [number for number in share if number not in done]
        note_windows(done=len(done), of=len(plan.windows))
        if missing:
            self._transcribe(ref, plan, checkpoints, missing, place)
            done = checkpoints.done()
            note_windows(done=len(done), of=len(plan.windows))
        if any(number not in done for number in share):
            if self._has_ended(ref):
                return self._replayed(ref, announces=announces)
            raise LeaseHeld("another execution of the job is on a window of this task")
        if len(done) < len(plan.windows):
            return Outcome("waiting")
        return self.runner.run(self._effect(ref, lambda: self._merged(plan, checkpoints)))

    def _has_ended(self, ref: RecordingRef) -> bool:
        names = (transcript_name(ref), failure_name(self.runner.stage, ref))
        return any(self._results.stat(name) is not None for name in names)

    def _replayed(self, ref: RecordingRef, *, announces: bool) -> Outcome:
        if not announces:
            return Outcome("replayed")
        return self.runner.run(self._effect(ref, _raises(StoreUnavailable("the result was deleted meanwhile"))))

    def _plan(self, ref: RecordingRef, checkpoints: Checkpoints, place: TaskPlace) -> WindowPlan | None:
        """Make the plan, unless another task is at it: then `LeaseHeld`."""
        lease = self._leases.claim(plan_lease_name(ref), owner=place.name)
        try:
            if self._has_ended(ref):
                return None
            if (kept := checkpoints.plan()) is not None:
                return kept
            recording = self._recordings.accepted(ref)
            with self._recordings.audio(ref) as audio:
                plan = self._transcriber.plan(audio, ref, hints=recording.hints)
            assert plan is not None, "nothing told it to stop"
            return checkpoints.keep_plan(plan)
        finally:
            self._leases.release(lease)

    def _transcribe(
        self, ref: RecordingRef, plan: WindowPlan, checkpoints: Checkpoints, missing: list[int], place: TaskPlace
    ) -> None:
        def free() -> Generator[int]:
            for number in missing:
                if checkpoints.has_part(number):
                    continue
                try:
                    lease = self._leases.claim(window_lease_name(ref, number), owner=place.name)
                except LeaseHeld:
                    continue
                try:
                    if not checkpoints.has_part(number):
                        self._recordings.live(ref)  # nobody wants to hear what has been replaced
                        yield number
                finally:
                    self._leases.release(lease)

        self._recordings.accepted(ref)
        # Closed here, for an error would keep it, and the lease in it, alive.
        with self._recordings.audio(ref) as audio, closing(free()) as numbers:
            for part in self._transcriber.listen(audio, plan, numbers):
                checkpoints.keep_part(part)

    def _merged(self, plan: WindowPlan, checkpoints: Checkpoints) -> Transcript:
        found = [checkpoints.part(number) for number in range(len(plan.windows))]
        parts = [part for part in found if part is not None]
        if len(parts) < len(found):
            raise StoreUnavailable("a window could not be read, and is transcribed again")
        transcript = self._transcriber.merge(plan, parts, created_at=timestamp(self._clock))
        write_subtitles(self._results, transcript)
        return transcript

    def _bury(self, ref: RecordingRef, checkpoints: Checkpoints, place: TaskPlace) -> Outcome:
        """The last look: merge what is complete, and record the failure of what is not."""

        def last_look() -> Transcript:
            plan = checkpoints.plan()
            done = len(checkpoints.done())
            if plan is not None:
                note_windows(done=done, of=len(plan.windows))
            if plan is not None and done >= len(plan.windows):
                return self._merged(plan, checkpoints)
            windows = "no window" if plan is None else f"{done} of {len(plan.windows)} windows"
            raise JobFailed(f"task {place.index} of {place.count} ended {place.attempt} times early; {windows} done")

        return self.runner.run(self._effect(ref, last_look))

    def _effect(self, ref: RecordingRef, work: Callable[[], Transcript]) -> Effect:
        return Effect(
            recording=ref,
            result_name=transcript_name(ref),
            work=work,
            announce=lambda pointer: TranscriptReady(recording=ref, object=pointer),
        )


def _raises(error: Exception) -> Callable[[], Transcript]:
    def work() -> Transcript:
        raise error

    return work
