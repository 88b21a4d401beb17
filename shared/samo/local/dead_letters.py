"""Dead letters as a person reads them: which recording, which stage gave up, and where it says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from samo.domain.names import STAGES, StageName
from samo.operations.dead_letters import DeadLetter


class DeadLetters:
    """Says one line for each. `waiting` lists what a stage failed to handle; it goes on waiting for a replay."""

    def __init__(
        self, waiting: Callable[[StageName], Sequence[DeadLetter]], logs: Path, say: Callable[[str], None]
    ) -> None:
        self._waiting = waiting
        self._logs = logs
        self._say = say
        self._told: set[tuple[StageName, str]] = set()

    def look(self) -> None:
        """Tell of what is new."""
        for stage in STAGES:
            for letter in self._waiting(stage):
                if (stage, letter.message_id) not in self._told:
                    self._told.add((stage, letter.message_id))
                    self._say(self._line(letter))

    def _line(self, letter: DeadLetter) -> str:
        about = letter.recording.name if letter.recording else "an event"
        log = self._logs / f"{letter.stage}.log"
        return f"{about}: {letter.stage} gave up; {log} says why. `samo dead-letters replay` tries again."
