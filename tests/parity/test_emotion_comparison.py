"""The comparison of techniques on made-up rows: every technique is trained, judged, and not trained again."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.domain.taxonomy import LABELS
from samo.modelling.emotion.config import EmotionBuildConfig, TrainingConfig
from samo.modelling.emotion.dataset import Corpus, Example
from samo.modelling.emotion.experiments.comparison import compare
from samo.modelling.emotion.experiments.table import render_table
from samo.modelling.emotion.experiments.techniques import BASELINE, DISTILLED, TRAINED
from tests.parity.given_builds import BASE_PACKAGE, PROVENANCE, install_base

SEEDS = (1, 2)


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An untrained encoder whose vocabulary is the names of the labels."""
    install_base(tmp_path, monkeypatch)


def rows(repetitions: int) -> list[Example]:
    """Rows that name their own emotion."""
    return [Example(text=f"so much {name} today", labels=(number,)) for number, name in enumerate(LABELS)] * repetitions


def test_every_technique_gets_its_figures_and_a_second_run_trains_nothing(tmp_path: Path) -> None:
    """Mean and deviation over the seeds; the baseline's gain over itself is nothing."""
    corpus = Corpus(LABELS, train=rows(3), dev=rows(2))
    config = EmotionBuildConfig(
        version="compared",
        licence="MIT",
        provenance=PROVENANCE,
        base=BASE_PACKAGE,
        training=TrainingConfig(epochs=1, learning_rate=5e-3),
    )

    compared = compare(corpus, config, SEEDS, tmp_path / "work")

    by_name = {(row.group, row.technique): row for row in compared.rows}
    assert {("training", each.name) for each in (BASELINE, *TRAINED, DISTILLED)} <= by_name.keys()
    assert by_name["training", BASELINE.name].gain.mean == by_name["training", BASELINE.name].gain.deviation == 0.0
    assert by_name["training", BASELINE.name].seeds == len(SEEDS)
    assert by_name["training", "ensemble of the seeds"].macro_f1.deviation is None
    logits = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").rglob("*.npy")}
    assert len(logits) == len(SEEDS) * (len(TRAINED) + 3)  # of the baseline, which teaches, twice
    again = compare(corpus, config, SEEDS, tmp_path / "work")
    assert again == compared
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "work").rglob("*.npy")} == logits
    assert render_table(again).count("\n| ") == len(compared.rows) + len({row.group for row in compared.rows})
