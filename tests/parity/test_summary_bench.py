"""`samo bench summary`: that it measures, and what it may never lose. Its figures are those of the machine."""

from __future__ import annotations

import json

from click.testing import CliRunner

from samo.cli.main import main


def test_the_bench_measures_all_engines_on_the_same_weights() -> None:
    """Twice as fast as Hugging Face would be far too slow already, yet is beyond any noise."""
    result = CliRunner().invoke(main, ["bench", "summary", "--json", "--rounds", "1"])

    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["hf_ratio_greedy"] > 2
    assert figures["hf_ratio_beam4"] > 2
    assert figures["ct2_ratio_greedy"] > 0.5
    assert figures["ct2_ratio_beam4"] > 0.5
    assert figures["disk_mb"] <= 65
    assert figures["rss_mb"] <= 450
    assert {"greedy_ms", "beam4_ms", "load_ms", "threads", "notes"} <= figures.keys()
