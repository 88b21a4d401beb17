"""How long something takes."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(act: Callable[[], object]) -> float:
    """Wall time of `act`."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
