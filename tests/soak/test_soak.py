"""A few seconds of the soak, for its counts: what the figures say is not a test's business."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path

import pytest

from tests.soak.arrivals import moments, send_all
from tests.soak.highest_rate import highest_rate
from tests.soak.memory import fitted
from tests.soak.service import Store, emotion_service
from tests.soak.trial import Trial, run_trial


@pytest.mark.parametrize(("store", "threads"), [("directory", 1), ("gcs", 4)])
def test_every_entry_of_a_short_soak_has_one_reading_and_one_event(store: Store, threads: int, tmp_path: Path) -> None:
    """Through the served function, one at a time and several at once with one shared session."""
    with emotion_service(tmp_path, store=store, processes=1, threads=threads) as service:
        trial = run_trial(service, "short", per_minute=300, seconds=10, arrivals="constant", seed=1)

    assert (trial.sent, trial.errors, trial.missing) == (50, 0, 0)
    assert trial.p50_ms > 0
    assert [growth.samples > 0 for growth in trial.growth] == [True]


def test_a_latency_counts_from_the_moment_that_was_meant() -> None:
    """A service that takes one request at a time makes the later ones wait, and that is seen."""
    clockwork = _OneAtATime()

    answers = send_all([0.0, 0.0, 0.0, 0.0], clockwork.serve)

    assert all(answer.accepted for answer in answers)
    assert max(answer.latency_s for answer in answers) >= 4 * _OneAtATime.TAKES_S


def test_arrivals_have_their_rate() -> None:
    """A constant one exactly; a random one within four standard deviations, and the same for the same seed."""
    constant, poisson = (moments(600, 60, arrivals, seed=7) for arrivals in ("constant", "poisson"))

    assert len(constant) == 600
    assert abs(len(poisson) - 600) < 4 * math.sqrt(600)
    assert poisson == moments(600, 60, "poisson", seed=7)
    assert poisson != moments(600, 60, "poisson", seed=8)
    assert all(0 <= moment < 60 for moment in poisson)


def test_growth_is_the_slope_of_the_line() -> None:
    """Two MiB a minute, whatever the size; noise shows in the standard error."""
    straight = fitted([(second, 200 + second / 30) for second in range(120)])
    noisy = fitted([(second, 200 + second / 30 + (-1) ** second) for second in range(120)])

    assert straight.mb_per_minute == pytest.approx(2.0)
    assert straight.standard_error == pytest.approx(0.0, abs=1e-9)
    assert abs(noisy.mb_per_minute - 2.0) < 3 * noisy.standard_error


def test_two_samples_make_no_slope() -> None:
    """Better none than one that nobody can trust."""
    assert math.isnan(fitted([(0.0, 200.0), (1.0, 201.0)]).mb_per_minute)


@pytest.mark.parametrize(("capacity", "start"), [(3_000.0, 1_000.0), (400.0, 1_000.0), (1_000.0, 1_000.0)])
def test_the_highest_rate_is_found_from_above_and_from_below(capacity: float, start: float) -> None:
    """Within five percent, and the trials show how."""
    trials = highest_rate(lambda rate: a_trial(rate, p95_ms=100.0 if rate <= capacity else 900.0), start=start)

    held = max(trial.per_minute for trial in trials if not trial.broken_bounds)
    assert capacity / 1.05 <= held <= capacity


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, 0),
        ({"p95_ms": 501.0}, 1),
        ({"errors": 1}, 1),
        ({"missing": 1}, 1),
        ({"p95_ms": math.nan}, 1),
        ({"growth": [fitted([(s, 2.0 * s / 60) for s in range(500)])]}, 1),
        ({"growth": [fitted([(s, 2.0 * s / 60) for s in range(20)])], "seconds": 30.0}, 0),
    ],
)
def test_each_bound_is_judged(changes: dict[str, object], broken: int) -> None:
    """A run that is too short for a slope is not judged by one."""
    assert len(a_trial(1_000, **changes).broken_bounds) == broken


class _OneAtATime:
    """Takes a moment for each request."""

    TAKES_S = 0.02

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def serve(self, number: int) -> bool:
        """Keep the one server busy."""
        with self._lock:
            end = time.perf_counter() + self.TAKES_S
            while time.perf_counter() < end:
                pass
        return True


def a_trial(per_minute: float, **changes: object) -> Trial:
    """A run within all bounds, but for the changes."""
    figures: dict[str, object] = {
        "seconds": 600.0,
        "sent": 10_000,
        "errors": 0,
        "missing": 0,
        "p50_ms": 50.0,
        "p95_ms": 100.0,
        "p99_ms": 150.0,
        "max_ms": 300.0,
        "late_ms_p95": 1.0,
        "growth": [fitted([(float(second), 200.0) for second in range(500)])],
    }
    return Trial(per_minute=per_minute, **{**figures, **changes})  # type: ignore[arg-type]
