"""What the C library keeps for a function's threads: how many heaps, and how much of what was freed in them.

glibc gives threads heaps of their own, eight for each core, and keeps in each what was freed there. A server hands
requests to its threads in turn, so each heap grows to the largest request it ever had, and then by steps, as what is in
use comes to lie between what is not. `make soak` measures the growth.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable

MOST_HEAPS = 2
"""What computes is one thread for each vCPU; it waits for no heap."""

TRIM_EVERY_S = 60.0
"""A trim takes less than a millisecond where there is little to give back."""

_M_ARENA_MAX = -8  # malloc.h


def bound_heaps() -> bool:
    """From now on at most `MOST_HEAPS`; False where the C library is not glibc, which alone has this."""
    libc = _glibc()
    return libc is not None and bool(libc.mallopt(_M_ARENA_MAX, MOST_HEAPS))


def trim_heaps() -> bool:
    """Give free pages back to the system; False where there were none, or no glibc."""
    libc = _glibc()
    return libc is not None and bool(libc.malloc_trim(0))


def now_and_then(
    act: Callable[[], object], *, every_s: float = TRIM_EVERY_S, clock: Callable[[], float] = time.monotonic
) -> Callable[[], None]:
    """A function that calls `act` when it was last called `every_s` ago or longer, and does nothing otherwise."""
    due_s = clock() + every_s

    def maybe() -> None:
        nonlocal due_s
        now_s = clock()
        if now_s >= due_s:
            due_s = now_s + every_s
            act()

    return maybe


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    # Both are glibc's alone; musl has neither.
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
