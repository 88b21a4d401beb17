"""Generation numbers of a directory: unique, increasing, and handed out to one process at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DIGITS = 20


class Generations:
    """The numbering of one directory, valid while its lock is held."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def after(self, current: int) -> int:
        """The next generation, in microseconds since 1970: above all earlier ones and above `current`."""
        written = os.pread(self._descriptor, _DIGITS, 0)
        last = int(written) if written.isdigit() else 0
        generation = max(time.time_ns() // 1_000, last + 1, current + 1)
        os.pwrite(self._descriptor, b"%0*d" % (_DIGITS, generation), 0)
        return generation


@contextmanager
def exclusive(lock: Path) -> Iterator[Generations]:
    """Hold the lock against every other thread and process. The kernel frees it when its holder is killed."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Generations(descriptor)
    finally:
        # Closing alone would not do: a child forked meanwhile holds the same lock.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
