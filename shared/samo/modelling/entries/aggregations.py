"""Ways to make an entry's score of an emotion from those of its sentences. The product's is one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from samo.inference.emotion.entry_scores import in_strongest_sentences

Scores = npt.NDArray[np.float64]
Aggregation = Callable[[Scores], Scores]
"""[sentences, columns] with each column's highest row first, at least one → [columns], each in [0, 1]."""


def maximum(rows: Scores) -> Scores:
    """The sentence that shows it most."""
    strongest: Scores = rows[0]
    return strongest


def mean(rows: Scores) -> Scores:
    """All sentences alike."""
    average: Scores = rows.mean(axis=0)
    return average


def noisy_or(rows: Scores) -> Scores:
    """That at least one sentence shows it, taken as independent (Pearl 1988)."""
    none: Scores = np.prod(1.0 - rows, axis=0)
    return 1.0 - none


def linear_softmax(rows: Scores) -> Scores:
    """The mean, each sentence weighted by what it shows (Wang et al. 2019, arXiv 1810.09050)."""
    weighted: Scores = (rows**2).sum(axis=0) / np.maximum(rows.sum(axis=0), np.finfo(np.float64).tiny)
    return weighted


def strongest(count: Callable[[int], int]) -> Aggregation:
    """The mean over the sentences that show it most; `count` says how many of so many, not above all of them."""

    def aggregate(rows: Scores) -> Scores:
        average: Scores = rows[: count(len(rows))].mean(axis=0)
        return average

    return aggregate


def strongest_percent(percent: int) -> Aggregation:
    """The mean over so many per cent of the sentences, rounded up."""
    return strongest(lambda sentences: -(-percent * sentences // 100))


PRODUCT = "strongest 20 %"

AGGREGATIONS: Mapping[str, Aggregation] = {
    PRODUCT: in_strongest_sentences,
    "maximum": maximum,
    "strongest 2": strongest(lambda sentences: min(2, sentences)),
    "strongest 3": strongest(lambda sentences: min(3, sentences)),
    "strongest 10 %": strongest_percent(10),
    "strongest 20 %, to the nearest": strongest(lambda sentences: max(1, round(sentences / 5))),
    "strongest 30 %": strongest_percent(30),
    "strongest 50 %": strongest_percent(50),
    "strongest √n": strongest(lambda sentences: round(math.sqrt(sentences))),
    "mean": mean,
    "linear softmax": linear_softmax,
    "noisy-or": noisy_or,
}
"""Shares are rounded up to whole sentences, unless their name says otherwise."""


def aggregated(entries: Sequence[Scores]) -> Scores:
    """Every aggregation of every entry, [aggregations, entries, columns], from [sentences, columns] each."""
    ordered = [-np.sort(-rows, axis=0) for rows in entries]
    return np.array([[aggregate(rows) for rows in ordered] for aggregate in AGGREGATIONS.values()])
