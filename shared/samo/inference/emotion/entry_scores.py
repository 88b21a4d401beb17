"""From the sentences of an entry to the entry: how present an emotion is in all of it."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from samo.domain.taxonomy import LABELS, NEUTRAL

STRONGEST_SHARE = Fraction(1, 5)
"""An emotion is as present in an entry as in the fifth of its sentences that show it most, rounded up to whole ones.

The mean over all sentences drowns what a person says once in twelve sentences; the maximum, and noisy-or even more,
finds nearly every label in a long transcript. With the fifth, long entries have about as many labels as short ones.
Rounded to the nearest, a single sentence would decide entries of up to seven; `samo evaluate entries` measures both.
A mean of probabilities is on the scale of the sentences, so the labels' thresholds hold for entries as well, and
there is always a sentence above the threshold to show as evidence.
"""

Scores = npt.NDArray[np.float64]


def label_scores(rows: Scores) -> Scores:
    """The entry's probability of each label [28], from those of its sentences [sentences, 28], at least one.

    Neutral is no emotion that shows in some sentences: all of them count.
    """
    scores = in_strongest_sentences(rows)
    neutral = LABELS.index(NEUTRAL)
    scores[neutral] = rows[:, neutral].mean()
    return scores


def in_strongest_sentences(rows: Scores) -> Scores:
    """[sentences, columns] → [columns]: each column's mean over its highest `STRONGEST_SHARE` of rows, rounded up."""
    count = math.ceil(STRONGEST_SHARE * len(rows))
    strongest: Scores = np.sort(rows, axis=0)[-count:].mean(axis=0)
    return strongest
