from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class LabelScores:
    """Per label, float64 [L]: precision, recall, F1 (0 where undefined)."""

    precision: npt.NDArray[np.float64]
    recall: npt.NDArray[np.float64]
    f1: npt.NDArray[np.float64]


def label_scores(decisions: npt.NDArray[np.bool_], targets: npt.NDArray[np.bool_]) -> LabelScores:
    hits = (decisions & targets).sum(axis=0)
    decided = decisions.sum(axis=0)
    wanted = targets.sum(axis=0)
    return LabelScores(hits / np.maximum(decided, 1), hits / np.maximum(wanted, 1), 2 * hits / np.maximum(decided + wanted, 1))
