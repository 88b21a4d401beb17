"""How well scores order entries: ROC-AUC, average precision, rank correlation. Numpy only.

`weights` say how often each entry counts, [resamples, entries]: one row of ones for the figure itself, the draws of a
bootstrap for its interval.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.integer[Any]]

CHANCE = 0.5


def roc_auc(scores: Floats, present: Bools, weights: Weights) -> Floats:
    """[resamples]: that an entry with the emotion scores above one without it, a tie counting half.

    Source: Hanley & McNeil 1982. A resample without entries of both kinds orders nothing: 0.5.
    """
    hits, misses = _cumulated(scores, present, weights)
    area = (np.diff(misses) * (hits[:, 1:] + hits[:, :-1]) / 2).sum(axis=1)
    pairs = hits[:, -1] * misses[:, -1]
    found: Floats = np.divide(area, pairs, out=np.full(len(area), CHANCE), where=pairs > 0)
    return found


def average_precision(scores: Floats, present: Bools, weights: Weights) -> Floats:
    """[resamples]: the precision at every threshold, weighted by the recall that it adds, without interpolation.

    Chance is the share of entries with the emotion. 0 for a resample in which none has it.
    """
    hits, misses = _cumulated(scores, present, weights)
    precision = hits[:, 1:] / np.maximum(hits[:, 1:] + misses[:, 1:], 1.0)
    found: Floats = (np.diff(hits) * precision).sum(axis=1) / np.maximum(hits[:, -1], 1.0)
    return found


def rank_correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Spearman's, ties with their mean rank; 0 where either is the same throughout."""
    first, second = (_ranks(np.asarray(values)) for values in (one, other))
    spread = float(first.std() * second.std())
    return float(((first - first.mean()) * (second - second.mean())).mean()) / spread if spread else 0.0


def _cumulated(scores: Floats, present: Bools, weights: Weights) -> tuple[Floats, Floats]:
    """Entries with and without the emotion from the highest score down, [resamples, 1 + different scores], from 0."""
    order = np.argsort(-scores, kind="stable")
    borders = np.concatenate([[0], np.flatnonzero(np.diff(scores[order])) + 1, [len(order)]])
    drawn = weights[:, order].astype(np.float64)
    hits, misses = (
        np.pad(np.cumsum(drawn * kind, axis=1), ((0, 0), (1, 0)))[:, borders]
        for kind in (present[order], ~present[order])
    )
    return hits, misses


def _ranks(values: npt.NDArray[Any]) -> Floats:
    _, position, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[position]
    return ranks
