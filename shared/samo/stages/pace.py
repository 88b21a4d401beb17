"""How fast this instance transcribes: what it has measured so far, and a first guess before that."""

from __future__ import annotations

import threading

FIRST_REAL_TIME_FACTOR = 0.3
"""Seconds of work for a second of speech, before anything was measured: the size `base` on one slow vCPU."""

# The first guess counts as if it had been measured over so much speech.
_GUESS_S = 30.0


class Pace:
    """A running estimate. Safe to share among threads."""

    def __init__(self, first_real_time_factor: float = FIRST_REAL_TIME_FACTOR) -> None:
        self._speech_s = _GUESS_S
        self._work_s = _GUESS_S * first_real_time_factor
        self._counting = threading.Lock()

    def note(self, *, speech_s: float, work_s: float) -> None:
        """So much speech took so long."""
        with self._counting:
            self._speech_s += speech_s
            self._work_s += max(0.0, work_s)

    def estimate_s(self, speech_s: float) -> float:
        """How long so much speech will take, in seconds."""
        with self._counting:
            return speech_s * self._work_s / self._speech_s
