"""Whether processes grow: their resident memory once a second, and a line through it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec

from tests.bench.resident import resident_mb

INTERVAL_S = 1.0


class Growth(msgspec.Struct, frozen=True):
    """Of one process: the least-squares slope in MiB per minute with its standard error, and the last size in MiB.

    The error takes the samples for independent, which they are not quite: it is a lower bound.
    """

    mb_per_minute: float
    standard_error: float
    samples: int
    last_mb: float


class MemoryWatch:
    """Samples processes while it is entered."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._samples: dict[int, list[tuple[float, float]]] = {pid: [] for pid in pids}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-watch", daemon=True)
        self._started = time.perf_counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def growth(self, *, after_s: float) -> list[Growth]:
        """For each process, from what was sampled `after_s` seconds from the start on."""
        return [
            fitted([(seconds, mb) for seconds, mb in samples if seconds >= after_s] or samples[-1:])
            for samples in self._samples.values()
        ]

    def _watch(self) -> None:
        while not self._done.wait(INTERVAL_S):
            for pid, samples in self._samples.items():
                samples.append((time.perf_counter() - self._started, resident_mb(pid)))


def fitted(samples: Sequence[tuple[float, float]]) -> Growth:
    """The line through (seconds, MiB); no slope with fewer than three samples."""
    if len(samples) < 3:
        return Growth(math.nan, math.nan, len(samples), samples[-1][1] if samples else math.nan)
    minutes = [seconds / 60 for seconds, _ in samples]
    sizes = [mb for _, mb in samples]
    centre, mean = sum(minutes) / len(samples), sum(sizes) / len(samples)
    spread = sum((minute - centre) ** 2 for minute in minutes)
    slope = sum((minute - centre) * (mb - mean) for minute, mb in zip(minutes, sizes, strict=True)) / spread
    residuals = [mb - mean - slope * (minute - centre) for minute, mb in zip(minutes, sizes, strict=True)]
    variance = sum(residual**2 for residual in residuals) / (len(samples) - 2)
    return Growth(slope, math.sqrt(variance / spread), len(samples), sizes[-1])
