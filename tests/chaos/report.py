"""What a run comes to, as a table and as JSON."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

import msgspec
from rich.table import Table

from tests.chaos.kinds import KINDS
from tests.chaos.ledger import Recovery

_Z_95 = 1.959964


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A share of all and its 95 % interval after Wilson (1927)."""

    successes: int
    of: int
    rate: float
    low: float
    high: float


class Recoveries(msgspec.Struct, frozen=True, kw_only=True):
    """From kills to acknowledgement, in seconds.

    `alone` kills were of effects that nothing else befell; of these, `within_bound` waited no longer than lease, clocks
    and one backoff ask.
    """

    kills: int
    median_s: float
    longest_s: float
    alone: int
    within_bound: int
    longest_wait_s: float
    bound_s: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run. Faults are counted when they came about; `findings` are what breaks the promise."""

    seed: int
    recordings: int
    insights: int
    failures: int
    both_records: int
    lost: int
    duplicate_insights: int
    leaks: int
    dead_lettered: int
    dead_letters_replayed: int
    done_under_faults: Interval
    messages: int
    pushes: int
    deliveries: int
    retries: int
    duplicate_events: int
    store_calls: int
    store_calls_disturbed: float
    leases_left: int
    recovery: Recoveries
    faults: Mapping[str, int]
    elapsed_s: float
    findings: tuple[str, ...]

    @property
    def never_happened(self) -> list[str]:
        """Kinds of fault that the run wanted and did not get."""
        return [kind for kind, count in self.faults.items() if count == 0]

    @property
    def kept(self) -> bool:
        """Whether the promise was kept, under every kind of fault."""
        return not self.findings and not self.never_happened


def wilson(successes: int, of: int) -> Interval:
    """The 95 % score interval of a proportion (Wilson 1927)."""
    if of == 0:
        return Interval(successes=0, of=0, rate=0.0, low=0.0, high=1.0)
    rate = successes / of
    denominator = 1 + _Z_95**2 / of
    centre = (rate + _Z_95**2 / (2 * of)) / denominator
    half = _Z_95 / denominator * math.sqrt(rate * (1 - rate) / of + _Z_95**2 / (4 * of**2))
    return Interval(successes=successes, of=of, rate=rate, low=max(0.0, centre - half), high=min(1.0, centre + half))


def recoveries(found: Sequence[Recovery], *, bound_s: float) -> Recoveries:
    """The summary of what was measured."""
    seconds = [recovery.seconds for recovery in found if recovery.seconds is not None]
    waited = [recovery.waited_s for recovery in found if recovery.alone]
    return Recoveries(
        kills=len(found),
        median_s=statistics.median(seconds) if seconds else 0.0,
        longest_s=max(seconds, default=0.0),
        alone=len(waited),
        within_bound=sum(wait is not None and wait <= bound_s for wait in waited),
        longest_wait_s=max((wait for wait in waited if wait is not None), default=0.0),
        bound_s=bound_s,
    )


def figures_table(reports: Sequence[Report]) -> Table:
    """One column for each run."""
    table = Table("", *(f"seed {report.seed}" for report in reports))
    for name, figure in ROWS.items():
        table.add_row(name, *(figure(report) for report in reports))
    return table


def faults_table(reports: Sequence[Report]) -> Table:
    """How often each kind came about, one column for each run."""
    table = Table("fault", "what happens", *(f"seed {report.seed}" for report in reports))
    for name, kind in KINDS.items():
        table.add_row(name, kind.says, *(str(report.faults[name]) for report in reports))
    return table


def _share(interval: Interval) -> str:
    return f"{interval.rate:.4f} [{interval.low:.4f}, {interval.high:.4f}]"


ROWS: Mapping[str, Callable[[Report], str]] = {
    "recordings in": lambda report: str(report.recordings),
    "insights out": lambda report: str(report.insights),
    "failure records": lambda report: str(report.failures),
    "of a replaced generation, both (result counts)": lambda report: str(report.both_records),
    "lost": lambda report: str(report.lost),
    "duplicate insights": lambda report: str(report.duplicate_insights),
    "user text in logs": lambda report: str(report.leaks),
    "dead-lettered": lambda report: str(report.dead_lettered),
    "dead letters replayed": lambda report: str(report.dead_letters_replayed),
    "done before any replay, 95 % interval": lambda report: _share(report.done_under_faults),
    "messages": lambda report: str(report.messages),
    "pushes by Pub/Sub": lambda report: str(report.pushes),
    "deliveries to functions": lambda report: str(report.deliveries),
    "pushes refused, to be repeated": lambda report: str(report.retries),
    "repeated events at the consumer": lambda report: str(report.duplicate_events),
    "store calls": lambda report: str(report.store_calls),
    "of these disturbed": lambda report: f"{report.store_calls_disturbed:.1%}",
    "leases left to expire": lambda report: str(report.leases_left),
    "kills": lambda report: str(report.recovery.kills),
    "recovery, median": lambda report: f"{report.recovery.median_s:.1f} s",
    "recovery, longest": lambda report: f"{report.recovery.longest_s:.1f} s",
    "of kills, nothing else befell": lambda report: str(report.recovery.alone),
    "of these, recovery begun within its bound": lambda report: (
        f"{report.recovery.within_bound} (≤ {report.recovery.bound_s:.0f} s)"
    ),
    "of these, longest wait": lambda report: f"{report.recovery.longest_wait_s:.1f} s",
    "kinds of fault that came about": lambda report: (
        f"{len(report.faults) - len(report.never_happened)} of {len(report.faults)}"
    ),
    "time": lambda report: f"{report.elapsed_s:.0f} s",
}
