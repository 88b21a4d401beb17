"""The emotions that matter in an entry, each with the sentence that shows it best."""

from __future__ import annotations

from samo.domain.emotion import EmotionReading, SentenceReading
from samo.domain.summary import KeyEmotion
from samo.domain.taxonomy import NEUTRAL

MAX_KEY_EMOTIONS = 3


def key_emotions(reading: EmotionReading) -> tuple[KeyEmotion, ...]:
    """The entry's most probable emotions, at most three, without neutral and without any that no sentence shows."""
    found: list[KeyEmotion] = []
    for score in reading.labels:
        if score.label == NEUTRAL:
            continue
        evidence = max(reading.sentences, key=lambda sentence: _probability(sentence, score.label), default=None)
        if evidence is not None and _probability(evidence, score.label) > 0:
            found.append(KeyEmotion(label=score.label, probability=score.probability, evidence=evidence.text))
    return tuple(found[:MAX_KEY_EMOTIONS])


def _probability(sentence: SentenceReading, label: str) -> float:
    return next((score.probability for score in sentence.labels if score.label == label), 0.0)
