"""Logits → probabilities → decisions: one temperature, and one threshold per label. Fitted on dev, numpy only.

Temperature after Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv 1706.04599), for sigmoids.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samo.modelling.evaluation import label_scores

Logits = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float64]
Targets = npt.NDArray[np.bool_]

CANDIDATES = np.round(np.arange(0.02, 0.96, 0.01), 2)


def sigmoid(logits: Logits, temperature: float = 1.0) -> Probabilities:
    """Probabilities [N, L] of logits [N, L]; no overflow for logits of any size."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    return np.exp(-np.logaddexp(0.0, -scaled))


def best_global_threshold(probabilities: Probabilities, targets: Targets) -> float:
    """The one threshold with the best macro-F1 over all labels; the lowest of several equal ones."""
    scores = [label_scores(probabilities >= candidate, targets).f1.mean() for candidate in CANDIDATES]
    return float(CANDIDATES[int(np.argmax(scores))])
