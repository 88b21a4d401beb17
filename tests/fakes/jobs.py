"""A job launcher that remembers what it was asked for."""

from __future__ import annotations

from samo.domain.errors import JobNotLaunched
from samo.domain.recording import RecordingRef


class RememberedJobs:
    """The `JobLauncher` port; `launched` holds what was accepted: the recording and the number of tasks.

    `reachable = False` makes it refuse. `reply_lost = True` makes it accept and say that it did not.
    """

    def __init__(self) -> None:
        self.launched: list[tuple[RecordingRef, int]] = []
        self.reachable = True
        self.reply_lost = False

    def launch(self, recording: RecordingRef, *, tasks: int) -> None:
        """Remember the execution. Raises `JobNotLaunched`."""
        if not self.reachable:
            raise JobNotLaunched("Cloud Run cannot be reached")
        self.launched.append((recording, tasks))
        if self.reply_lost:
            raise JobNotLaunched("no reply")
