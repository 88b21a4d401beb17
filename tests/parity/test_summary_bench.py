"""`samo bench summary`: that it measures all engines, and what does not depend on what else the machine does.

How fast it is is no test's affair: `samo bench summary --threads 1 --check` says so on an idle machine.
"""

from __future__ import annotations

import json

import msgspec
import pytest
from click.testing import CliRunner

from samo.cli.main import main
from samo.modelling.t5.benchmark import LIMITS, SummaryFigures, broken_limits

KEPT = SummaryFigures(
    greedy_ms=200.0, beam4_ms=400.0, hf_ratio_greedy=5.0, hf_ratio_beam4=5.0, ct2_ratio_greedy=1.0,
    ct2_ratio_beam4=1.0, disk_mb=65.0, load_ms=300.0, rss_mb=450.0, threads=1, notes=(),
)  # fmt: skip


def test_the_bench_measures_all_engines_on_the_same_weights() -> None:
    """Every figure is there; disk and memory are within their limits on any machine, busy or not."""
    result = CliRunner().invoke(main, ["bench", "summary", "--json", "--rounds", "1"])

    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["disk_mb"] <= 65
    assert figures["rss_mb"] <= 450
    assert all(figures[name] is not None and figures[name] > 0 for name in LIMITS)
    assert {"greedy_ms", "beam4_ms", "threads", "notes"} <= figures.keys()


def test_figures_at_the_limits_are_kept() -> None:
    """As good as asked for is good enough."""
    assert broken_limits(KEPT) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("hf_ratio_greedy", 4.9), ("ct2_ratio_beam4", 0.9), ("load_ms", 301.0), ("rss_mb", 451.0), ("disk_mb", None)],
)
def test_a_figure_beyond_its_limit_is_named(name: str, value: float | None) -> None:
    """And so is one that was not measured."""
    [broken] = broken_limits(msgspec.structs.replace(KEPT, **{name: value}))

    assert broken.startswith(name)
