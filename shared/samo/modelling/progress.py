"""A progress line on stderr: a bar for a person at a terminal, now and then a line for a log."""

from __future__ import annotations

import sys
import time

BAR_WIDTH = 24
LOG_EVERY_S = 30.0


def announce(stage: str) -> None:
    """Say which step of the build begins."""
    sys.stderr.write(f"==> {stage}\n")
    sys.stderr.flush()


class Progress:
    """Steps done out of `total`, with the time left at the pace so far. Not for use from several threads."""

    def __init__(self, title: str, total: int, done: int = 0) -> None:
        self._title = title
        self._total = total
        self._done = self._begun_at = done
        self._started = self._shown = time.monotonic()

    def advance(self, note: str = "") -> None:
        """Count one step; `note` stands at the end of the line (the current loss, say)."""
        self._done += 1
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        last = self._done == self._total
        if not last and now - self._shown < (0.2 if terminal else LOG_EVERY_S):
            return
        self._shown = now
        left = (now - self._started) / (self._done - self._begun_at) * (self._total - self._done)
        filled = BAR_WIDTH * self._done // self._total
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        end = "\r" if terminal and not last else "\n"
        sys.stderr.write(f"{self._title} [{bar}] {self._done}/{self._total} {left / 60:5.1f} min left {note}{end}")
        sys.stderr.flush()
