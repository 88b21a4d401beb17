"""What each aggregation finds in entries of one post and of several, at the product's thresholds and without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from samo.domain.taxonomy import EKMAN, GROUP_THRESHOLD, LABELS, NEUTRAL
from samo.modelling.entries.aggregations import AGGREGATIONS, aggregated
from samo.modelling.entries.joined import JudgedEntries, entries_of
from samo.modelling.entries.ranking import CHANCE, roc_auc

Scores = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LENGTHS = (1, 4, 16)
"""Posts in an entry."""


@dataclass(frozen=True)
class ReadPosts:
    """Posts as the product reads them: probabilities of labels and of Ekman's emotions, and what people perceived.

    `rows`: per post float64 [sentences, 28 + 6], `LABELS` and then `EKMAN`. `present`: bool [posts, emotions], in the
    order of `emotions`. `thresholds`: float64 [28].
    """

    rows: Sequence[Scores]
    present: Bools
    emotions: Sequence[str]
    thresholds: Scores

    def some(self, posts: npt.NDArray[np.int64]) -> ReadPosts:
        """These posts alone."""
        rows = [self.rows[post] for post in posts]
        return ReadPosts(rows, self.present[posts], self.emotions, self.thresholds)


class LengthFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Means over the emotions, for entries of one length, at the product's thresholds except for `roc_auc`.

    `found`: the share of entries with an emotion in which it is found. `false_alarms`: likewise of those without it.
    `labels`: how many of the 27 labels beside neutral an entry has.
    """

    roc_auc: float
    found: float
    false_alarms: float
    labels: float

    @property
    def informedness(self) -> float:
        """Youden's J, 0 for chance and 1 for no error (Youden 1950, "Index for rating diagnostic tests")."""
        return self.found - self.false_alarms


def figures_by_length(posts: ReadPosts, seed: int) -> dict[str, dict[int, LengthFigures]]:
    """For each aggregation and length. Joined entries have their sentences' probabilities from the posts.

    Where no entries can be joined, every aggregation is at chance and has no labels.
    """
    found: dict[str, dict[int, LengthFigures]] = {name: {} for name in AGGREGATIONS}
    for length in LENGTHS:
        entries = entries_of(posts.present, length, seed)
        if not entries.posts:
            for each in found.values():
                each[length] = LengthFigures(roc_auc=CHANCE, found=0.0, false_alarms=0.0, labels=0.0)
            continue
        scores = aggregated([np.concatenate([posts.rows[post] for post in entry]) for entry in entries.posts])
        for name, each in zip(AGGREGATIONS, scores, strict=True):
            found[name][length] = _figures(each, entries, posts)
    return found


def label_counts(scores: Scores, thresholds: Scores) -> npt.NDArray[np.int64]:
    """How many labels beside neutral an entry has, [entries], from its scores [entries, 28 + 6]."""
    labels = scores[:, : len(LABELS)] >= thresholds
    labels[:, LABELS.index(NEUTRAL)] = False
    counts: npt.NDArray[np.int64] = labels.sum(axis=1)
    return counts


def ekman_column(emotion: str) -> int:
    """Where the emotion's score stands in a row of `ReadPosts`."""
    return len(LABELS) + tuple(EKMAN).index(emotion)


def decided(scores: Scores, emotion: str, thresholds: Scores) -> Bools:
    """[entries]: whether the product would show the emotion: by its own score, or with one of its labels."""
    members = [LABELS.index(label) for label in EKMAN[emotion]]
    labelled: Bools = np.any(scores[:, members] >= thresholds[members], axis=1)
    return labelled | (scores[:, ekman_column(emotion)] >= GROUP_THRESHOLD)


def _figures(scores: Scores, entries: JudgedEntries, posts: ReadPosts) -> LengthFigures:
    ranked, found, false_alarms = [], [], []
    for emotion, (rows, present) in zip(posts.emotions, entries.judged, strict=True):
        once = np.ones((1, len(rows)), dtype=np.int64)
        ranked.append(float(roc_auc(scores[rows, ekman_column(emotion)], present, once)[0]))
        decisions = decided(scores[rows], emotion, posts.thresholds)
        found.append(_share(decisions[present]))
        false_alarms.append(_share(decisions[~present]))
    return LengthFigures(
        roc_auc=float(np.mean(ranked)),
        found=float(np.mean(found)),
        false_alarms=float(np.mean(false_alarms)),
        labels=float(label_counts(scores, posts.thresholds).mean()),
    )


def _share(decisions: Bools) -> float:
    return float(decisions.mean()) if len(decisions) else 0.0
