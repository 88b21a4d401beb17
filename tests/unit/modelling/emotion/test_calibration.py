"""Temperature, vector scaling and isotonic regression: what they recover, and how little a rare label may bend them."""

from __future__ import annotations

from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest

from samo.modelling.emotion.calibration import (
    Fit,
    calibrate,
    cross_fitted,
    fit_isotonic,
    fit_temperature,
    fit_vector_scaling,
    probabilities_of,
)
from samo.modelling.emotion.config import CalibrationMethod
from samo.modelling.emotion.evaluation import calibration_error, label_f1


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


def fitting(method: CalibrationMethod, shrinkage: float) -> Fit:
    """What the build fits."""
    return lambda logits, targets: calibrate(logits, targets, shrinkage, method).judge


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_the_temperature_undoes_misplaced_confidence(factor: float) -> None:
    """Logits that are `factor` times too large need the temperature `factor`."""
    logits, targets = overconfident(20_000, factor)

    assert fit_temperature(logits, targets) == pytest.approx(factor, rel=0.05)


def test_vector_scaling_undoes_what_each_label_has_on_its_own() -> None:
    """One label twice too sure of itself, one shifted: a single temperature could not mend both."""
    logits, targets = overconfident(20_000, 1.0)
    distorted = (logits * (2.0, 1.0) + (0.0, 1.5)).astype(np.float32)

    scales, shifts = fit_vector_scaling(distorted, targets)

    assert scales.tolist() == pytest.approx([0.5, 1.0], rel=0.05)
    assert shifts.tolist() == pytest.approx([0.0, -1.5], abs=0.08)


def test_a_label_with_few_examples_keeps_to_the_common_temperature() -> None:
    """Three positive rows whose logits say nothing do not turn the label's logits around."""
    logits, targets = overconfident(5_000, 1.0)
    rare = np.zeros((5_000, 1), dtype=np.bool_)
    rare[:3] = True
    noise = np.random.default_rng(2).normal(-6.0, 1.0, (5_000, 1)).astype(np.float32)

    scales, _ = fit_vector_scaling(np.hstack([logits, noise]), np.hstack([targets, rare]))

    assert scales[2] == pytest.approx(1.0, abs=0.5)


def test_a_label_without_examples_can_be_scaled() -> None:
    """The prior keeps Newton's method from running away."""
    logits, targets = overconfident(500, 1.0)

    scales, shifts = fit_vector_scaling(logits, np.zeros_like(targets))

    assert np.isfinite(scales).all()
    assert (shifts < 0).all()


def test_isotonic_probabilities_rise_with_the_logit_and_average_to_what_was_seen() -> None:
    """Steps where the targets fall; and on the fitted rows no bias."""
    logits, targets = overconfident(5_000, 3.0)

    probabilities = fit_isotonic(logits[:, 0], targets[:, 0])(logits[:, 0])

    assert (np.diff(probabilities[np.argsort(logits[:, 0])]) >= 0).all()
    assert probabilities.mean() == pytest.approx(targets[:, 0].mean())


def test_vector_scaling_is_better_calibrated_on_rows_it_has_not_seen() -> None:
    """Where labels differ in how sure of themselves they are."""
    logits, targets = overconfident(4_000, 1.0)
    distorted = (logits * (3.0, 0.5)).astype(np.float32)

    errors = {
        method: calibration_error(cross_fitted(distorted, targets, fitting(method, 30.0), seed=1)[0], targets)
        for method in get_args(CalibrationMethod)
    }

    assert errors["vector"] < errors["temperature"] / 2


@pytest.mark.parametrize("method", ["temperature", "vector"])
def test_calibration_is_rounded_to_what_is_published(method: CalibrationMethod) -> None:
    """The figures of a build are those of the numbers that it publishes."""
    logits, targets = overconfident(500, 1.7)

    found = calibrate(logits, targets, shrinkage=30.0, method=method)

    assert found.temperature == round(found.temperature, 4)
    for values in (found.scales, found.shifts, found.thresholds):
        assert values.tolist() == [round(value, 4) for value in values.tolist()]


def test_cross_fitting_never_decides_a_row_by_itself() -> None:
    """On pure noise, thresholds fitted on the judged rows look better than those fitted on the others."""
    source = np.random.default_rng(1)
    logits = source.normal(size=(400, 20)).astype(np.float32)
    targets = source.random((400, 20)) < 0.05

    _, unseen = cross_fitted(logits, targets, fitting("vector", 0.0), seed=1)

    found = calibrate(logits, targets, shrinkage=0.0, method="vector")
    seen = found.probabilities(logits) >= found.thresholds
    assert label_f1(unseen, targets).mean() < label_f1(seen, targets).mean()


def test_cross_fitting_is_the_same_for_the_same_seed() -> None:
    """The figure in a model card must be repeatable."""
    logits, targets = overconfident(200, 1.0)

    first, again = (cross_fitted(logits, targets, fitting("vector", 30.0), seed=3) for _ in range(2))

    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
