"""Handing a long recording over to the job, once, and again when that job has come to nothing.

    function   plan ── launch ──► confirmed ── job.json ── ack
                          │           │
                          │           └ crash, or job.json cannot be written: the redelivery launches again
                          └ refused, or the reply is lost: JobNotLaunched, the redelivery launches again

    job.json is there, and an event comes again:
               parts have been added since it was written → note their number, ack
               none for `STALLED_S`                       → launch again
               none, but not for so long                  → ack

The record is written after the launch, for a record without a launch would lose the recording; a launch without its
record only starts the job twice, and tasks leave each other's windows alone.
"""

from __future__ import annotations

import math

import msgspec

from samo.domain.recording import RecordingRef
from samo.domain.window_plan import WindowPlan
from samo.ports import Clock, JobLauncher
from samo.stages.checkpoints import Checkpoints, HandOver
from samo.stages.effect import HANDED_OVER, HandedOver

SPEECH_PER_TASK_S = 900.0
"""A task starts, loads the model and decodes the whole file: with less to do it would not pay."""

STALLED_S = 1800.0
"""A job that has added no window for so long is taken for dead: a window takes minutes, and a job's start too."""


class JobDesk:
    """Starts jobs: a task for every `speech_per_task_s` seconds of speech, as far as windows and `max_tasks` allow."""

    def __init__(
        self,
        launcher: JobLauncher,
        clock: Clock,
        *,
        max_tasks: int,
        speech_per_task_s: float = SPEECH_PER_TASK_S,
        stalled_s: float = STALLED_S,
    ) -> None:
        self._launcher = launcher
        self._clock = clock
        self._max_tasks = max_tasks
        self._speech_per_task_s = speech_per_task_s
        self._stalled_s = stalled_s

    def hand_over(self, recording: RecordingRef, checkpoints: Checkpoints, plan: WindowPlan | None) -> HandedOver:
        """Start the job; without a plan, which took too long to make, with as many tasks as may be.

        Raises `JobNotLaunched`.
        """
        tasks = self._max_tasks if plan is None else self._tasks(plan)
        self._launch(recording, checkpoints, tasks, 1, None)
        return HANDED_OVER

    def look_after(self, recording: RecordingRef, checkpoints: Checkpoints) -> HandedOver | None:
        """Whether a job was started for the recording; one that has come to nothing is started again.

        None when none was. Raises `JobNotLaunched`.
        """
        found = checkpoints.hand_over()
        if found is None:
            return None
        record, generation = found
        now_s, progress = self._clock.now_s(), len(checkpoints.done())
        if progress > record.progress:
            noted = msgspec.structs.replace(record, progress=progress, progress_at_s=now_s)
            checkpoints.keep_hand_over(noted, generation=generation)
        elif now_s - record.progress_at_s > self._stalled_s:
            self._launch(recording, checkpoints, record.tasks, record.launches + 1, generation)
        return HANDED_OVER

    def _launch(
        self, recording: RecordingRef, checkpoints: Checkpoints, tasks: int, launches: int, generation: int | None
    ) -> None:
        self._launcher.launch(recording, tasks=tasks)
        now_s, progress = self._clock.now_s(), len(checkpoints.done())
        record = HandOver(tasks=tasks, launches=launches, launched_at_s=now_s, progress=progress, progress_at_s=now_s)
        checkpoints.keep_hand_over(record, generation=generation)

    def _tasks(self, plan: WindowPlan) -> int:
        wanted = math.ceil(plan.speech_s / self._speech_per_task_s) if self._speech_per_task_s else self._max_tasks
        return max(1, min(wanted, len(plan.windows), self._max_tasks))
