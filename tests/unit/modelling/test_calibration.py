"""Temperature and thresholds: what they recover, and how little a rare label may bend them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from samo.modelling.calibration import (
    best_global_threshold,
    calibrate,
    cross_fitted_decisions,
    expected_f1_thresholds,
    fit_temperature,
    probabilities_of,
    shrunk_thresholds,
)
from samo.modelling.evaluation import label_f1

# Positives at 0.6 and above, negatives at 0.4 and below: every threshold from 0.41 to 0.60 is perfect.
SEPARABLE = np.array([[0.9], [0.6], [0.4], [0.1]])
SEPARABLE_TARGETS = np.array([[True], [True], [False], [False]])


def overconfident(rows: int, factor: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Targets drawn from honest logits, and those logits times `factor`."""
    source = np.random.default_rng(1)
    honest = source.normal(-1.0, 1.5, (rows, 2))
    targets = source.random((rows, 2)) < probabilities_of(honest.astype(np.float32))
    return (honest * factor).astype(np.float32), targets


def test_a_probability_is_the_sigmoid_of_the_logit_over_the_temperature() -> None:
    """As the manifest says."""
    logits = np.array([[0.0, 2.0, -2.0]], dtype=np.float32)

    probabilities = probabilities_of(logits, temperature=2.0)

    np.testing.assert_allclose(probabilities, [[0.5, 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))]])


def test_huge_logits_do_not_overflow() -> None:
    """A broken model gives certain answers, not warnings and NaN."""
    with np.errstate(all="raise", under="ignore"):
        probabilities = probabilities_of(np.array([[1e30, -1e30]], dtype=np.float32))

    assert probabilities.tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_the_temperature_undoes_misplaced_confidence(factor: float) -> None:
    """Logits that are `factor` times too large need the temperature `factor`."""
    logits, targets = overconfident(20_000, factor)

    assert fit_temperature(logits, targets) == pytest.approx(factor, rel=0.05)


def test_the_global_threshold_has_the_best_macro_f1_and_is_the_lowest_of_equals() -> None:
    """Every candidate in (0.40, 0.60] is perfect here."""
    assert best_global_threshold(SEPARABLE, SEPARABLE_TARGETS) == 0.41


def test_the_expected_threshold_is_half_the_best_expected_f1() -> None:
    """Deciding the row at 0.8 alone is worth 1.6 / 2.22, the one at 0.4 as well 2.4 / 3.22: the latter is better."""
    probabilities = np.array([[0.8], [0.4], [0.02], [0.0]])

    assert expected_f1_thresholds(probabilities).tolist() == pytest.approx([2.4 / 3.22 / 2.0])


def test_a_label_without_a_single_probability_gets_a_threshold_all_the_same() -> None:
    """No division by zero for a label that the model never considers, and no threshold of 0 that decides it always."""
    with np.errstate(all="raise"):
        thresholds = expected_f1_thresholds(np.zeros((3, 1)))

    assert thresholds.tolist() == [0.05]


def test_without_shrinkage_each_label_has_its_own_best_threshold() -> None:
    """The lowest of equally good ones."""
    assert shrunk_thresholds(SEPARABLE, SEPARABLE_TARGETS, shrinkage=0.0).tolist() == [0.41]


def test_shrinkage_takes_the_weight_from_a_label_by_its_positive_rows() -> None:
    """Two positive rows and a shrinkage of six: a quarter of the way from the expected threshold to the own one."""
    own, expected = 0.41, float(expected_f1_thresholds(SEPARABLE)[0])

    (threshold,) = shrunk_thresholds(SEPARABLE, SEPARABLE_TARGETS, shrinkage=6.0)

    assert threshold == pytest.approx(expected + (own - expected) * 2 / 8)


def test_a_label_without_examples_takes_the_expected_threshold() -> None:
    """Nothing was learnt about it on dev, with or without shrinkage."""
    nothing = np.zeros_like(SEPARABLE_TARGETS)

    for shrinkage in (0.0, 30.0):
        assert shrunk_thresholds(SEPARABLE, nothing, shrinkage).tolist() == expected_f1_thresholds(SEPARABLE).tolist()


def test_calibration_is_rounded_to_what_the_manifest_prints() -> None:
    """The figures of a build are those of the numbers that it publishes."""
    logits, targets = overconfident(500, 1.7)

    found = calibrate(logits, targets, shrinkage=30.0)

    assert found.temperature == round(found.temperature, 4)
    assert found.thresholds.tolist() == [round(threshold, 4) for threshold in found.thresholds.tolist()]


def test_cross_fitting_never_decides_a_row_by_itself() -> None:
    """On pure noise, thresholds fitted on the judged rows look better than those fitted on the others."""
    source = np.random.default_rng(1)
    logits = source.normal(size=(400, 20)).astype(np.float32)
    targets = source.random((400, 20)) < 0.05

    unseen = cross_fitted_decisions(logits, targets, shrinkage=0.0, seed=1)

    found = calibrate(logits, targets, shrinkage=0.0)
    seen = probabilities_of(logits, found.temperature) >= found.thresholds
    assert label_f1(unseen, targets).mean() < label_f1(seen, targets).mean()


def test_cross_fitting_is_the_same_for_the_same_seed() -> None:
    """The figure in a model card must be repeatable."""
    logits, targets = overconfident(200, 1.0)

    decisions = cross_fitted_decisions(logits, targets, shrinkage=30.0, seed=3)

    np.testing.assert_array_equal(cross_fitted_decisions(logits, targets, shrinkage=30.0, seed=3), decisions)
