"""The short form of `make chaos`: one seed, every kind of fault at least once."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.local.errors import EmulatorMissing
from samo.local.pubsub_emulator import find_jar, find_java
from tests.chaos.report import Report
from tests.chaos.run import run_chaos
from tests.chaos.world import forget_conditions

RECORDINGS = 20


@pytest.fixture(scope="module", autouse=True)
def _emulator() -> None:
    """Skip, saying what to install, where there is none."""
    try:
        find_java()
        find_jar()
    except EmulatorMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What a short run came to."""
    return run_chaos(tmp_path_factory.mktemp("chaos") / "run", seed=1, recordings=RECORDINGS)


def test_nothing_is_lost_and_nothing_is_there_twice(report: Report) -> None:
    """Each recording has its one outcome, announced under one identity, and no log holds what anybody wrote."""
    assert report.findings == ()
    assert report.insights + report.failures - report.both_records == report.recordings >= RECORDINGS


def test_what_was_given_up_is_replayed(report: Report) -> None:
    """Dead letters end like any other message, once they are published again."""
    assert report.dead_letters_replayed >= report.dead_lettered > 0


def test_every_kind_of_fault_came_about(report: Report) -> None:
    """A fault that never struck proves nothing."""
    assert report.never_happened == []
    assert len(report.faults) >= 20


def test_a_store_that_forgets_conditions_is_found_out(tmp_path: Path) -> None:
    """The suite can fail: where "only if there is none" is ignored, results are written twice, and it says so."""
    report = run_chaos(tmp_path / "run", seed=2, recordings=4, sabotage=forget_conditions)

    assert report.duplicate_insights > 0
    assert not report.kept
