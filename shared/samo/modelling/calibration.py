"""Logits → probabilities → decisions: one temperature, and one threshold per label. Fitted on dev; numpy only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samo.inference.probabilities import sigmoid
from samo.modelling.evaluation import Decisions, Probabilities, Targets, label_f1

Logits = npt.NDArray[np.float32]

CANDIDATE_THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.01), 2)
"""Not lower, although F1 of the rarest labels would be: nobody should be told of a grief that is hardly ever there."""

TEMPERATURE_RANGE = (0.2, 5.0)
DECIMALS = 4


@dataclass(frozen=True)
class Calibration:
    """A probability is `sigmoid(logit / temperature)`; a label is decided where it reaches its threshold.

    `thresholds` float64 [L], in the order of the logits' columns.
    """

    temperature: float
    thresholds: npt.NDArray[np.float64]


def calibrate(logits: Logits, targets: Targets, shrinkage: float) -> Calibration:
    """Fit both on logits and targets [N, L]; `shrinkage` as in `shrunk_thresholds`. Rounded to four decimals."""
    temperature = round(fit_temperature(logits, targets), DECIMALS)
    thresholds = shrunk_thresholds(probabilities_of(logits, temperature), targets, shrinkage)
    return Calibration(temperature=temperature, thresholds=np.round(thresholds, DECIMALS))


def probabilities_of(logits: Logits, temperature: float = 1.0) -> Probabilities:
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


def best_global_threshold(probabilities: Probabilities, targets: Targets) -> float:
    """The one threshold with the best macro-F1; the lowest of several equal ones."""
    return float(CANDIDATE_THRESHOLDS[_f1_by_candidate(probabilities, targets).mean(axis=1).argmax()])


def expected_f1_thresholds(probabilities: Probabilities) -> npt.NDArray[np.float64]:
    """One threshold per label, [L]: half the best F1 to be expected if every probability is as good as its word.

    Needs no targets, so it serves labels too rare to fit. Lipton et al. 2014, "Thresholding Classifiers to Maximize F1
    Score" (arXiv 1402.1892), theorem 1.
    """
    total = probabilities.sum(axis=0)
    expected = [
        _ratio(2.0 * np.where(decided, probabilities, 0.0).sum(axis=0), decided.sum(axis=0) + total)
        for decided in (probabilities >= candidate for candidate in CANDIDATE_THRESHOLDS)
    ]
    return np.asarray(np.maximum(np.max(expected, axis=0) / 2.0, CANDIDATE_THRESHOLDS[0]))


def shrunk_thresholds(probabilities: Probabilities, targets: Targets, shrinkage: float) -> npt.NDArray[np.float64]:
    """One threshold per label, [L]: its own best F1, pulled towards the expected one as its examples are few.

    A label with n positive rows keeps n / (n + shrinkage) of its own threshold. A threshold that is fitted freely on a
    dozen examples follows their noise; this is the weight of a normal prior with `shrinkage` pseudo-observations.
    """
    own = CANDIDATE_THRESHOLDS[_f1_by_candidate(probabilities, targets).argmax(axis=0)]
    support = targets.sum(axis=0)
    kept = _ratio(support, support + shrinkage)
    return np.asarray(kept * own + (1.0 - kept) * expected_f1_thresholds(probabilities))


def cross_fitted_decisions(logits: Logits, targets: Targets, shrinkage: float, seed: int) -> Decisions:
    """Decisions [N, L] in which no row was decided by thresholds or a temperature that had seen it.

    The rows are halved at random; each half is decided with what `calibrate` found on the other. F1 of these decisions
    is what the fit costs on rows it has not seen.
    """
    order = np.random.default_rng(seed).permutation(len(logits))
    halves = np.array_split(order, 2)
    decisions = np.zeros(targets.shape, dtype=np.bool_)
    for decided, fitted in (halves, halves[::-1]):
        found = calibrate(logits[fitted], targets[fitted], shrinkage)
        decisions[decided] = probabilities_of(logits[decided], found.temperature) >= found.thresholds
    return decisions


def _f1_by_candidate(probabilities: Probabilities, targets: Targets) -> npt.NDArray[np.float64]:
    return np.stack([label_f1(probabilities >= candidate, targets) for candidate in CANDIDATE_THRESHOLDS])


def _ratio(numerator: npt.NDArray[np.float64], denominator: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # 0 / 0 is a label nobody decided or met: 0.
    return np.divide(numerator, denominator, out=np.zeros(np.shape(denominator)), where=denominator > 0.0)
