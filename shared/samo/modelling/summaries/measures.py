"""What a summary is worth beside the references: the emotions it keeps, and how often it says the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samo.domain.emotion import EmotionReading
from samo.domain.taxonomy import NEUTRAL
from samo.inference.summarizer.word_vectors import WordVectors


def coverage(entry: EmotionReading, summary: EmotionReading) -> float | None:
    """The share of the entry's emotions that a reading of the summary alone finds too; None if the entry has none.

    Emotions are the GoEmotions labels present in a whole reading (`EmotionReading.labels`), neutral left out. Both
    readings are by the same model, so this says what the summary keeps of what the model sees, not whether it is true.
    """
    felt = _emotions(entry)
    return len(felt & _emotions(summary)) / len(felt) if felt else None


def redundancy(sentences: Sequence[str]) -> float:
    """How much a summary repeats itself, in [0, 1]: the mean over its sentences of the highest cosine with another.

    0 where no two share a word, and for a single sentence; 1 where each stands there twice. Word vectors are TF-IDF
    over the summary's own sentences.
    """
    if len(sentences) < 2:
        return 0.0
    vectors = WordVectors(sentences)
    cosines = np.array([vectors.similarities_to(number) for number in range(len(sentences))])
    np.fill_diagonal(cosines, 0.0)
    return float(cosines.max(axis=1).mean())


def _emotions(reading: EmotionReading) -> frozenset[str]:
    return frozenset(score.label for score in reading.labels) - {NEUTRAL}
