"""How much of an entry's emotional core a sentence holds: what it says, and what is felt in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from samo.domain.emotion import SentenceReading
from samo.domain.taxonomy import NEUTRAL
from samo.inference.summarizer.word_vectors import Floats

INTENSITY_WEIGHT = 1.0
SHIFT_WEIGHT = 0.2
RARITY_WEIGHT = 0.2
FULL_WORDS = 12
"""Sentences shorter than this count less, in proportion: "Yes!" is intense and says nothing."""


def salience(central: Floats, readings: Sequence[SentenceReading]) -> Floats:
    """[sentences], each in [0, 1]: centrality and intensity count alike, shift and rarity a little, place does not.

    `central` is the centrality in [0, 1]. The weights were chosen by ROUGE-L on first-person posts with summaries of
    what moved their writers; they lie on a plateau.
    """
    intensity = np.array([reading.intensity for reading in readings])
    words = np.array([len(reading.text.split()) for reading in readings])
    felt = INTENSITY_WEIGHT * intensity + SHIFT_WEIGHT * _shift(readings) + RARITY_WEIGHT * _rarity(readings)
    weights = 1.0 + INTENSITY_WEIGHT + SHIFT_WEIGHT + RARITY_WEIGHT
    core: Floats = (central + felt) / weights * np.minimum(1.0, words / FULL_WORDS)
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
