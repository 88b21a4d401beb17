"""Figures against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from samo.modelling.emotion.evaluation import calibration_error, evaluate, label_f1, micro_f1

# joy: 2 of 3 found, 1 of 3 decisions wrong. fear: 1 of 1 found, 1 wrong. grief: never there, never decided.
TARGETS = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]], dtype=np.bool_)
PROBABILITIES = np.array([[0.9, 0.1, 0.0], [0.2, 0.6, 0.0], [0.8, 0.7, 0.1], [0.6, 0.0, 0.2]])
THRESHOLDS = {"joy": 0.6, "fear": 0.5, "grief": 0.3}


def test_each_label_has_its_precision_recall_and_f1() -> None:
    """A label is decided from its threshold on, the threshold included; undefined figures are 0."""
    evaluation = evaluate(PROBABILITIES, TARGETS, THRESHOLDS, "some-version")

    joy, fear, grief = evaluation.per_label.values()
    assert pytest.approx((joy.p, joy.r, joy.f1, joy.support, joy.threshold)) == (2 / 3, 2 / 3, 2 / 3, 3, 0.6)
    assert pytest.approx((fear.p, fear.r, fear.f1, fear.support, fear.threshold)) == (1 / 2, 1.0, 2 / 3, 1, 0.5)
    assert (grief.p, grief.r, grief.f1, grief.support) == (0.0, 0.0, 0.0, 0)
    assert (evaluation.model, evaluation.n, [*evaluation.per_label]) == ("some-version", 4, ["joy", "fear", "grief"])


def test_macro_f1_weighs_labels_alike_and_micro_f1_decisions() -> None:
    """Macro: (2/3 + 2/3 + 0) / 3. Micro: 3 hits among 5 decisions and 4 targets."""
    evaluation = evaluate(PROBABILITIES, TARGETS, THRESHOLDS, "some-version")

    assert pytest.approx(4 / 9) == evaluation.macro_f1.value
    assert pytest.approx(6 / 9) == evaluation.micro_f1.value


def test_intervals_enclose_their_figure_and_do_not_change_between_runs() -> None:
    """The bootstrap is seeded: the same model gets the same figures."""
    source = np.random.default_rng(1)
    targets = source.random((500, 3)) < 0.3
    probabilities = np.clip(0.5 * targets + 0.5 * source.random((500, 3)), 0.0, 1.0)

    evaluation = evaluate(probabilities, targets, THRESHOLDS, "some-version")

    for interval in (evaluation.macro_f1, evaluation.micro_f1):
        assert interval.low < interval.value < interval.high
    assert evaluate(probabilities, targets, THRESHOLDS, "some-version") == evaluation


def test_an_interval_is_as_wide_as_sampling_theory_says() -> None:
    """For one label that is always decided, F1 = 2p / (1 + p) of the share p of targets, ± 1.96 standard errors."""
    targets = np.arange(1000)[:, np.newaxis] % 2 == 0

    interval = evaluate(np.ones((1000, 1)), targets, {"joy": 0.5}, "some-version").micro_f1

    standard_error = (0.25 / 1000) ** 0.5 * 2 / (1 + 0.5) ** 2
    assert pytest.approx(2 / 3) == interval.value
    assert pytest.approx(2 * 1.96 * standard_error, rel=0.1) == interval.high - interval.low


def test_the_brier_score_is_the_mean_squared_distance() -> None:
    """Over all decisions, certain ones included."""
    evaluation = evaluate(np.array([[0.9, 0.2]]), np.array([[True, False]]), {"joy": 0.5, "fear": 0.5}, "some-version")

    assert pytest.approx((0.01 + 0.04) / 2) == evaluation.brier


def test_calibration_error_is_the_gap_between_promised_and_observed() -> None:
    """150 decisions at 0.8 of which 90 come true: every bin of ten promises 8 and holds 6."""
    probabilities = np.full((150, 1), 0.8)
    targets = np.tile([[True], [True], [True], [False], [False]], (30, 1))

    assert pytest.approx(0.2) == calibration_error(probabilities, targets)


def test_calibration_error_leaves_out_what_is_certainly_absent() -> None:
    """A thousand decisions at 0.001 must not hide one that is wrong."""
    probabilities = np.append(np.full(1000, 0.001), 0.9)[:, np.newaxis]
    targets = np.zeros((1001, 1), dtype=np.bool_)

    assert pytest.approx(0.9) == calibration_error(probabilities, targets)


def test_calibration_error_of_nothing_is_zero() -> None:
    """No decision reaches the floor."""
    assert calibration_error(np.zeros((3, 2)), np.zeros((3, 2), dtype=np.bool_)) == 0.0


def test_f1_without_decisions_is_zero() -> None:
    """Never deciding is not rewarded, and divides by nothing."""
    nothing = np.zeros_like(TARGETS)

    assert label_f1(nothing, TARGETS).tolist() == [0.0, 0.0, 0.0]
    assert micro_f1(nothing, TARGETS) == 0.0
