"""How many heaps the C library keeps for the threads of a function."""

from __future__ import annotations

import ctypes
import sys

MOST_ARENAS = 2

_M_ARENA_MAX = -8  # malloc.h


def bound_arenas() -> bool:
    """From now on at most `MOST_ARENAS`; False where the C library is not glibc, which alone has this.

    By default glibc gives threads heaps of their own, eight for each core, and keeps in each what was freed there. A
    server hands requests to its threads in turn, so each heap grows to the largest request it ever had; `make soak`
    measures the growth. What computes is one thread for each vCPU; it waits for no heap.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, MOST_ARENAS))
    except (OSError, AttributeError):
        return False
