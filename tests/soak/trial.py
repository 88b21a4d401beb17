"""One run at one rate: what was sent, what came of it, how long it took and whether the instances grew."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from tests.soak.arrivals import Answer, Arrivals, moments, send_all
from tests.soak.memory import Growth, MemoryWatch
from tests.soak.service import EmotionService

MAX_P95_MS = 500.0
MAX_ERROR_SHARE = 0.0
MAX_GROWTH_MB_PER_MINUTE = 1.0

WARM_UP_SHARE = 0.2
JUDGED_GROWTH_S = 240.0
"""A line through less than this says nothing about a slope of one MiB per minute."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a run. Latencies count from the moment a request was due, in milliseconds.

    `late_ms_p95` is how late the sender was itself; it is part of the latencies. `missing` counts acknowledged entries
    without a reading or an event.
    """

    per_minute: float
    seconds: float
    sent: int
    errors: int
    missing: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    late_ms_p95: float
    growth: list[Growth]

    @property
    def broken_bounds(self) -> list[str]:
        """What is beyond the bounds, in words; growth is judged in runs that are long enough."""
        broken = []
        if self.errors > MAX_ERROR_SHARE * self.sent or self.missing:
            broken.append(f"{self.errors} errors and {self.missing} missing of {self.sent}")
        if not self.p95_ms <= MAX_P95_MS:
            broken.append(f"p95 of {self.p95_ms:.0f} ms, more than {MAX_P95_MS:.0f}")
        if self.seconds * (1 - WARM_UP_SHARE) >= JUDGED_GROWTH_S:
            grown = [g for g in self.growth if not g.mb_per_minute < MAX_GROWTH_MB_PER_MINUTE]
            broken += [f"an instance grows by {g.mb_per_minute:.2f} MB/min" for g in grown]
        return broken


def run_trial(
    service: EmotionService, name: str, *, per_minute: float, seconds: float, arrivals: Arrivals, seed: int
) -> Trial:
    """Announce distinct entries at this rate for this long, and count what became of them."""
    due = moments(per_minute, seconds, arrivals, seed=seed)
    service.store_entries(name, len(due))
    events = service.events()
    with MemoryWatch(service.pids) as memory:
        answers = send_all(due, lambda number: service.announce(name, number))
    accepted = sum(answer.accepted for answer in answers)
    complete = min(service.readings(name), service.events() - events)
    return Trial(
        per_minute=per_minute,
        seconds=seconds,
        sent=len(due),
        errors=len(due) - accepted,
        missing=max(0, accepted - complete) + service.failures(),
        p50_ms=_percentile(answers, 50),
        p95_ms=_percentile(answers, 95),
        p99_ms=_percentile(answers, 99),
        max_ms=_percentile(answers, 100),
        late_ms_p95=_nearest_rank(sorted(answer.late_s for answer in answers), 95) * 1000,
        growth=memory.growth(after_s=WARM_UP_SHARE * seconds),
    )


def _percentile(answers: Sequence[Answer], percent: float) -> float:
    return _nearest_rank(sorted(answer.latency_s for answer in answers), percent) * 1000


def _nearest_rank(ordered: Sequence[float], percent: float) -> float:
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else math.nan
