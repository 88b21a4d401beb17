"""Whether an aggregation that is best on some posts is better than the others on posts that it was not chosen by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from samo.modelling.entries.aggregations import AGGREGATIONS
from samo.modelling.entries.lengths import LENGTHS, LengthFigures, ReadPosts, figures_by_length

SPLITS = 10
STEADY = 2.0
"""An aggregation may be chosen if the longest entries have neither more than twice nor less than half the labels of
single posts: the thresholds, which were fitted on sentences, have to mean the same at every length."""

Advance = Callable[[], None]


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The mean over all choices, and the extremes. The halves overlap from split to split: this is no interval."""

    mean: float
    least: float
    most: float


class Halves(msgspec.Struct, frozen=True, kw_only=True):
    """Of `choices` times: how often each aggregation was `chosen` on one half, and what that brought on the other.

    `above`: by how much the chosen one's ROC-AUC there lies above that of each aggregation, by length.
    `informedness_above`: likewise the mean over the lengths of what it finds less false alarms.
    """

    choices: int
    chosen: dict[str, int]
    above: dict[str, dict[int, Spread]]
    informedness_above: dict[str, Spread]


def choose_on_halves(posts: ReadPosts, *, advance: Advance) -> Halves:
    """Split the posts `SPLITS` times, choose on either half and measure on the other; joined entries from one half."""
    chosen: Counter[str] = Counter()
    measured: list[tuple[str, Mapping[str, Mapping[int, LengthFigures]]]] = []
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(len(posts.rows))
        one, other = (figures_by_length(posts.some(half), seed) for half in np.array_split(order, 2))
        for choosing, checking in ((one, other), (other, one)):
            best = best_steady(choosing)
            chosen[best] += 1
            measured.append((best, checking))
        advance()
    return Halves(
        choices=len(measured),
        chosen={name: chosen[name] for name in AGGREGATIONS},
        above={
            name: {
                length: _spread([found[best][length].roc_auc - found[name][length].roc_auc for best, found in measured])
                for length in LENGTHS
            }
            for name in AGGREGATIONS
        },
        informedness_above={
            name: _spread([_informedness(found[best]) - _informedness(found[name]) for best, found in measured])
            for name in AGGREGATIONS
        },
    )


def best_steady(found: Mapping[str, Mapping[int, LengthFigures]]) -> str:
    """The aggregation with the highest mean ROC-AUC over the lengths among the steady ones; of all, if none is."""
    steady = [name for name, figures in found.items() if _is_steady(figures)]
    return max(steady or found, key=lambda name: np.mean([each.roc_auc for each in found[name].values()]))


def _is_steady(figures: Mapping[int, LengthFigures]) -> bool:
    short, long = figures[LENGTHS[0]].labels, figures[LENGTHS[-1]].labels
    return 0 < max(short, long) <= STEADY * min(short, long)


def _informedness(figures: Mapping[int, LengthFigures]) -> float:
    return float(np.mean([each.informedness for each in figures.values()]))


def _spread(values: list[float]) -> Spread:
    return Spread(mean=float(np.mean(values)), least=min(values), most=max(values))
