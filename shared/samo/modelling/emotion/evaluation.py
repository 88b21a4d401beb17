"""How good decisions and probabilities are: F1 with bootstrap intervals, calibration error, Brier score. Numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from samo.modelling.bootstrap import Interval, draws, interval

Decisions = npt.NDArray[np.bool_]
Targets = npt.NDArray[np.bool_]
Probabilities = npt.NDArray[np.float64]

CALIBRATION_BINS = 15
CALIBRATION_FLOOR = 0.05


class LabelEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One label: precision, recall and F1 (0 where undefined), its positive rows, and the threshold that decided."""

    p: float
    r: float
    f1: float
    support: int
    threshold: float


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What `samo evaluate emotion --json` prints. `n` counts rows; `per_label` is in the order of the labels."""

    model: str
    n: int
    macro_f1: Interval
    micro_f1: Interval
    ece: float
    brier: float
    per_label: dict[str, LabelEvaluation]


def evaluate(
    probabilities: npt.NDArray[np.floating[Any]], targets: Targets, thresholds: Mapping[str, float], model: str
) -> Evaluation:
    """Judge probabilities [N, L] against targets [N, L]; a label is decided where p ≥ its threshold.

    `thresholds` names the L labels in the order of the columns. `model` names the version that was judged.
    """
    # Sums of a hundred thousand float32 would differ from those of the same numbers in float64.
    exact = probabilities.astype(np.float64)
    decisions = exact >= np.array(list(thresholds.values()))
    macro, micro = _bootstrap_f1(decisions, targets)
    hits, decided, wanted = (decisions & targets).sum(axis=0), decisions.sum(axis=0), targets.sum(axis=0)
    f1 = label_f1(decisions, targets)
    per_label = {
        label: LabelEvaluation(
            p=float(hits[column] / max(decided[column], 1)),
            r=float(hits[column] / max(wanted[column], 1)),
            f1=float(f1[column]),
            support=int(wanted[column]),
            threshold=threshold,
        )
        for column, (label, threshold) in enumerate(thresholds.items())
    }
    return Evaluation(
        model=model,
        n=len(targets),
        macro_f1=macro,
        micro_f1=micro,
        ece=calibration_error(exact, targets),
        brier=float(np.mean((exact - targets) ** 2)),
        per_label=per_label,
    )


def label_f1(decisions: Decisions, targets: Targets) -> npt.NDArray[np.float64]:
    """F1 of each label, [L], from decisions and targets [N, L]; 0 for a label neither decided nor present."""
    return _f1((decisions & targets).sum(axis=0), decisions.sum(axis=0), targets.sum(axis=0))


def micro_f1(decisions: Decisions, targets: Targets) -> float:
    """F1 over all decisions together."""
    return float(_f1((decisions & targets).sum(), decisions.sum(), targets.sum()))


def calibration_error(probabilities: Probabilities, targets: Targets) -> float:
    """Expected calibration error over all N × L decisions with p ≥ 0.05, in 15 bins of equal mass.

    The floor leaves out the many decisions that are certainly absent and would hide every error. Nixon et al. 2019,
    "Measuring Calibration in Deep Learning" (arXiv 1904.01685). 0 where no probability reaches the floor.
    """
    counted = probabilities >= CALIBRATION_FLOOR
    predicted, observed = probabilities[counted], targets[counted]
    order = np.argsort(predicted, kind="stable")
    gaps = [
        abs(float(predicted[rows].sum() - observed[rows].sum())) for rows in np.array_split(order, CALIBRATION_BINS)
    ]
    return sum(gaps) / max(len(order), 1)


def _f1(hits: npt.ArrayLike, decided: npt.ArrayLike, wanted: npt.ArrayLike) -> npt.NDArray[np.float64]:
    total = np.add(decided, wanted, dtype=np.float64)
    return np.multiply(2.0, hits) / np.maximum(total, 1.0)


def _bootstrap_f1(decisions: Decisions, targets: Targets) -> tuple[Interval, Interval]:
    weights = draws(len(targets)).astype(np.float32)
    hits, decided, wanted = (
        (weights @ matrix.astype(np.float32)).astype(np.float64) for matrix in (decisions & targets, decisions, targets)
    )
    macro = interval(float(label_f1(decisions, targets).mean()), _f1(hits, decided, wanted).mean(axis=1))
    micro = interval(micro_f1(decisions, targets), _f1(hits.sum(axis=1), decided.sum(axis=1), wanted.sum(axis=1)))
    return macro, micro
