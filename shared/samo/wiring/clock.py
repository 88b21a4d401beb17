"""The wall clock."""

from __future__ import annotations

import time


class SystemClock:
    """The wall clock."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()
