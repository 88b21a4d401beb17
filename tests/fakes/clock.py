"""A clock that a test moves."""

from __future__ import annotations


class FakeClock:
    """The `Clock` port; time stands still until `advance`."""

    def __init__(self, now_s: float = 1_790_000_000.0) -> None:
        self._now_s = now_s

    def now_s(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self._now_s

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._now_s += seconds
