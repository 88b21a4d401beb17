"""How much of an entry a sentence holds: of what it says, or of its emotional core, where feeling counts as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from samo.domain.emotion import SentenceReading
from samo.domain.summary import SummaryFocus
from samo.domain.taxonomy import NEUTRAL
from samo.inference.summarizer.centrality import centrality
from samo.inference.summarizer.word_vectors import Floats, WordVectors


class SalienceWeights(NamedTuple):
    """How much a sentence's intensity, shift and rarity of emotion count beside its centrality, which counts 1."""

    intensity: float
    shift: float
    rarity: float


SALIENCE = SalienceWeights(intensity=1.0, shift=0.2, rarity=0.2)
FULL_WORDS = 12
"""Sentences shorter than this count less, in proportion: "Yes!" is intense and says nothing."""


def salience(
    vectors: WordVectors,
    readings: Sequence[SentenceReading],
    focus: SummaryFocus,
    weights: SalienceWeights = SALIENCE,
) -> Floats:
    """[sentences], each in [0, 1]; place does not count. `readings` are of the same sentences as `vectors`.

    General: centrality alone. Emotional: centrality and intensity count alike, shift and rarity a little. The weights
    lie on a plateau: on first-person posts with summaries of what moved their writers, cross-validation finds no better
    ones (`samo evaluate lengths-and-weights`).
    """
    words = np.array([len(reading.text.split()) for reading in readings])
    fullness: Floats = np.minimum(1.0, words / FULL_WORDS)
    central = centrality(vectors)
    return central * fullness if focus == "general" else _felt(central, readings, weights) * fullness


def _felt(central: Floats, readings: Sequence[SentenceReading], weights: SalienceWeights) -> Floats:
    intensity = np.array([reading.intensity for reading in readings])
    felt = weights.intensity * intensity + weights.shift * _shift(readings) + weights.rarity * _rarity(readings)
    core: Floats = (central + felt) / (1.0 + sum(weights))
    return core


def _shift(readings: Sequence[SentenceReading]) -> Floats:
    """How far valence turns from the sentence before, as a share of its whole range."""
    valence = np.array([reading.valence for reading in readings])
    turned: Floats = np.abs(np.diff(valence, prepend=valence[:1])) / 2.0
    return turned


def _rarity(readings: Sequence[SentenceReading]) -> Floats:
    """Of the sentence's emotions the rarest: 1 for one that no other sentence has, 0 for one that all have."""
    emotions = [[score.label for score in reading.labels if score.label != NEUTRAL] for reading in readings]
    counts = Counter(label for labels in emotions for label in labels)
    scale = np.log(max(2, len(readings)))
    return np.array(
        [max((1.0 - np.log(counts[label]) / scale for label in labels), default=0.0) for labels in emotions]
    )
