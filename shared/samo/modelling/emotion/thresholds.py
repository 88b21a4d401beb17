"""Probabilities → decisions: one threshold for all labels, or one for each that its few examples cannot bend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samo.modelling.emotion.evaluation import Probabilities, Targets, label_f1

CANDIDATE_THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.01), 2)
"""Not lower, although F1 of the rarest labels would be: nobody should be told of a grief that is hardly ever there."""


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


def _f1_by_candidate(probabilities: Probabilities, targets: Targets) -> npt.NDArray[np.float64]:
    return np.stack([label_f1(probabilities >= candidate, targets) for candidate in CANDIDATE_THRESHOLDS])


def _ratio(numerator: npt.NDArray[np.float64], denominator: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # 0 / 0 is a label nobody decided or met: 0.
    return np.divide(numerator, denominator, out=np.zeros(np.shape(denominator)), where=denominator > 0.0)
