"""Ways from logits to probabilities and decisions that are compared with the one that ships."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from samo.modelling.emotion.calibration import (
    Fit,
    Judge,
    Logits,
    calibrate,
    fit_isotonic,
    fit_vector_scaling,
    probabilities_of,
)
from samo.modelling.emotion.evaluation import Decisions, Probabilities, Targets
from samo.modelling.emotion.thresholds import best_global_threshold, expected_f1_thresholds, shrunk_thresholds

SHIPPED_CALIBRATION = "vector scaling"


def calibrations(shrinkage: float) -> dict[str, Fit]:
    """How to make probabilities; decided alike, by thresholds per label with `shrinkage`."""

    def uncalibrated(logits: Logits, targets: Targets) -> Judge:
        return partial(_decided, shrunk_thresholds(probabilities_of(logits), targets, shrinkage), probabilities_of)

    def temperature(logits: Logits, targets: Targets) -> Judge:
        return calibrate(logits, targets, shrinkage, "temperature").judge

    def vector(logits: Logits, targets: Targets) -> Judge:
        return calibrate(logits, targets, shrinkage, "vector").judge

    def isotonic(logits: Logits, targets: Targets) -> Judge:
        columns = [fit_isotonic(logits[:, label], targets[:, label]) for label in range(targets.shape[1])]

        def probabilities(rows: Logits) -> Probabilities:
            return np.stack([column(rows[:, label]) for label, column in enumerate(columns)], axis=1)

        return partial(_decided, shrunk_thresholds(probabilities(logits), targets, shrinkage), probabilities)

    return {"none": uncalibrated, "temperature": temperature, SHIPPED_CALIBRATION: vector, "isotonic": isotonic}


def thresholds(shrinkages: tuple[float, ...]) -> dict[str, Fit]:
    """How to decide; of probabilities made alike, by vector scaling."""

    def one_half(logits: Logits, targets: Targets) -> Judge:
        return partial(_decided, np.full(targets.shape[1], 0.5), _scaled(logits, targets))

    def common(logits: Logits, targets: Targets) -> Judge:
        probabilities = _scaled(logits, targets)
        best = best_global_threshold(probabilities(logits), targets)
        return partial(_decided, np.full(targets.shape[1], best), probabilities)

    def expected(logits: Logits, targets: Targets) -> Judge:
        probabilities = _scaled(logits, targets)
        return partial(_decided, expected_f1_thresholds(probabilities(logits)), probabilities)

    def shrunk(shrinkage: float, logits: Logits, targets: Targets) -> Judge:
        return calibrate(logits, targets, shrinkage, "vector").judge

    return {
        "0.5 for all labels": one_half,
        "the best for all labels": common,
        "expected F1, no dev labels": expected,
        **{f"per label, shrinkage {shrinkage:g}": partial(shrunk, shrinkage) for shrinkage in shrinkages},
    }


def _scaled(logits: Logits, targets: Targets) -> Callable[[Logits], Probabilities]:
    scales, shifts = fit_vector_scaling(logits, targets)
    return lambda rows: probabilities_of(rows * scales + shifts)


def _decided(
    label_thresholds: npt.NDArray[np.float64], probabilities_of: Callable[[Logits], Probabilities], logits: Logits
) -> tuple[Probabilities, Decisions]:
    probabilities = probabilities_of(logits)
    return probabilities, probabilities >= label_thresholds
