"""Logits → probabilities → decisions: a temperature or a scale and shift per label, and a threshold for each.

Fitted on dev; numpy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from samo.inference.probabilities import sigmoid
from samo.modelling.emotion.config import CalibrationMethod
from samo.modelling.emotion.evaluation import Decisions, Probabilities, Targets
from samo.modelling.emotion.thresholds import shrunk_thresholds

Logits = npt.NDArray[np.float32]
Judge = Callable[[Logits], tuple[Probabilities, Decisions]]
Fit = Callable[[Logits, Targets], Judge]
"""Dev logits and targets [N, L] → what gives the probabilities and decisions of any logits."""

TEMPERATURE_RANGE = (0.2, 5.0)
NEWTON_STEPS, NEWTON_TOLERANCE = 50, 1e-9
DECIMALS = 4


SCALE_PRIOR = 10.0
SHIFT_PRIOR = 1.0
"""How strongly vector scaling holds to one temperature and no shift, as the inverse variance of a normal prior."""


@dataclass(frozen=True)
class Calibration:
    """A probability is `sigmoid((logit · scale + shift) / temperature)`; a label holds where it reaches its threshold.

    `scales`, `shifts` and `thresholds` float64 [L], in the order of the logits' columns.
    """

    temperature: float
    scales: npt.NDArray[np.float64]
    shifts: npt.NDArray[np.float64]
    thresholds: npt.NDArray[np.float64]

    def probabilities(self, logits: Logits) -> Probabilities:
        """Probabilities [N, L] of logits [N, L]."""
        return probabilities_of(logits * self.scales + self.shifts, self.temperature)

    def judge(self, logits: Logits) -> tuple[Probabilities, Decisions]:
        """Probabilities and decisions [N, L] of logits [N, L]."""
        probabilities = self.probabilities(logits)
        return probabilities, probabilities >= self.thresholds


def calibrate(logits: Logits, targets: Targets, shrinkage: float, method: CalibrationMethod) -> Calibration:
    """Fit all of it on logits and targets [N, L]; `shrinkage` as in `shrunk_thresholds`. Rounded to four decimals."""
    label_count = targets.shape[1]
    temperature, scales, shifts = fit_temperature(logits, targets), np.ones(label_count), np.zeros(label_count)
    if method == "vector":
        scales, shifts = fit_vector_scaling(logits, targets)
        temperature = 1.0
    fitted = Calibration(
        temperature=round(temperature, DECIMALS),
        scales=np.round(scales, DECIMALS),
        shifts=np.round(shifts, DECIMALS),
        thresholds=np.zeros(label_count),
    )
    thresholds = shrunk_thresholds(fitted.probabilities(logits), targets, shrinkage)
    return replace(fitted, thresholds=np.round(thresholds, DECIMALS))


def probabilities_of(logits: npt.NDArray[np.floating[Any]], temperature: float = 1.0) -> Probabilities:
    """Probabilities [N, L] of logits [N, L], in float64; logits of any size are safe."""
    return sigmoid(logits.astype(np.float64) / temperature)


def fit_temperature(logits: Logits, targets: Targets) -> float:
    """The temperature with the least binary cross-entropy, by golden-section search on its logarithm.

    Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv 1706.04599), with sigmoids for the softmax.
    """
    wide = logits.astype(np.float64)

    def cross_entropy(log_temperature: float) -> float:
        scaled = wide / math.exp(log_temperature)
        return float(np.mean(np.logaddexp(0.0, scaled) - scaled * targets))

    low, high = (math.log(bound) for bound in TEMPERATURE_RANGE)
    golden = (math.sqrt(5.0) - 1.0) / 2.0
    while high - low > 1e-5:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if cross_entropy(left) < cross_entropy(right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2.0)


def fit_vector_scaling(logits: Logits, targets: Targets) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """A scale and a shift per label, [L] each: logistic regression on its logit, held to one temperature by a prior.

    Guo et al. 2017 (arXiv 1706.04599), section 4.2, with sigmoids for the softmax; per label it is Platt's scaling. The
    prior keeps a label with a dozen examples near what all labels together say.
    """
    common = 1.0 / fit_temperature(logits, targets)
    fitted = [
        _logistic_regression(logit.astype(np.float64), target.astype(np.float64), common)
        for logit, target in zip(logits.T, targets.T, strict=True)
    ]
    scales, shifts = np.array(fitted).T
    return scales, shifts


def fit_isotonic(logits: npt.NDArray[np.floating[Any]], targets: npt.NDArray[np.bool_]) -> Callable[[Any], Any]:
    """One label's probabilities as a rising step function of its logit, from logits and targets [N].

    Zadrozny & Elkan 2002, "Transforming Classifier Scores into Accurate Multiclass Probability Estimates", by pooling
    adjacent violators. The function maps logits [M] to probabilities [M], and interpolates between the steps.
    """
    order = np.argsort(logits, kind="stable")
    blocks: list[tuple[float, float]] = []  # (rows, their mean target), means rising
    for target in targets[order].astype(np.float64):
        rows, mean = 1.0, float(target)
        while blocks and blocks[-1][1] >= mean:
            more, lower = blocks.pop()
            mean = (mean * rows + lower * more) / (rows + more)
            rows += more
        blocks.append((rows, mean))
    steps = np.repeat([mean for _, mean in blocks], [int(rows) for rows, _ in blocks])
    return partial(np.interp, xp=logits[order].astype(np.float64), fp=steps)


def cross_fitted(logits: Logits, targets: Targets, fit: Fit, seed: int) -> tuple[Probabilities, Decisions]:
    """Probabilities and decisions [N, L] in which no row was judged by what had seen it.

    The rows are halved at random; each half is judged with what `fit` found on the other. F1 and calibration error of
    these are what the fit costs on rows it has not seen.
    """
    order = np.random.default_rng(seed).permutation(len(logits))
    halves = np.array_split(order, 2)
    probabilities = np.zeros(targets.shape)
    decisions = np.zeros(targets.shape, dtype=np.bool_)
    for decided, fitted in (halves, halves[::-1]):
        probabilities[decided], decisions[decided] = fit(logits[fitted], targets[fitted])(logits[decided])
    return probabilities, decisions


def _logistic_regression(
    logits: npt.NDArray[np.float64], targets: npt.NDArray[np.float64], common: float
) -> tuple[float, float]:
    """Scale and shift of one label by Newton's method; the prior makes the optimum unique."""
    found = np.array([common, 0.0])
    centre, prior = found.copy(), np.array([SCALE_PRIOR, SHIFT_PRIOR])
    inputs = np.stack([logits, np.ones_like(logits)])
    for _ in range(NEWTON_STEPS):
        probabilities = sigmoid(found @ inputs)
        gradient = inputs @ (probabilities - targets) + prior * (found - centre)
        curvature = (inputs * (probabilities * (1.0 - probabilities))) @ inputs.T + np.diag(prior)
        step = np.linalg.solve(curvature, gradient)
        found -= step
        if np.abs(step).max() < NEWTON_TOLERANCE:
            break
    return float(found[0]), float(found[1])
