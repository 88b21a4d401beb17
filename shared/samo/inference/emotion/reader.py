"""Emotions of an entry: every sentence read by the classifier, then the entry from its sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from samo.domain.denied_feelings import DENIED_PROBABILITY, denied_labels
from samo.domain.emotion import EmotionReading, LabelScore, SentenceReading
from samo.domain.named_feelings import named_feelings
from samo.domain.sentences import TimedSentence
from samo.domain.taxonomy import (
    EKMAN,
    GROUP_THRESHOLD,
    JOURNAL,
    LABELS,
    NEUTRAL,
    ekman_scores,
    intensity,
    journal_scores,
    valence,
)
from samo.domain.transcript import EngineUse, Transcript
from samo.inference.emotion.classifier import EmotionClassifier, load_emotion_classifier
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.store import ModelStore

STRONGEST_SHARE = 0.2
"""An emotion is as present in an entry as in the fifth of its sentences that show it most, at least in one.

The mean over all sentences drowns what a person says once in twelve sentences; the maximum, and noisy-or even more,
finds nearly every label in a long transcript. With the fifth, long entries have about as many labels as short ones.
A mean of probabilities is on the scale of the sentences, so the labels' thresholds hold for entries as well, and
there is always a sentence above the threshold to show as evidence.
"""

Scores = npt.NDArray[np.float64]

_JOURNAL_LABELS = {emotion: signs.labels for emotion, signs in JOURNAL.items()}


class OnnxEmotionReader:
    """The `EmotionReader` port. Which version reads an entry depends on the recording's name alone."""

    def __init__(self, models: LazyModels[EmotionClassifier]) -> None:
        self._models = models

    def read(self, sentences: Sequence[TimedSentence], transcript: Transcript, *, created_at: str) -> EmotionReading:
        """One sentence reading for each sentence given, and the entry's. Raises `ModelUnavailable`, `ModelCorrupt`.

        Without sentences the reading is empty, with the transcript's reason, and no model is loaded.
        """
        if not sentences:
            return _empty_reading(transcript, created_at)
        classifier, manifest, _ = self._models.get(transcript.recording.name)
        texts = [sentence.text for sentence in sentences]
        rows = _without_denied(classifier.probabilities(texts).astype(np.float64), texts)
        thresholds = dict(zip(LABELS, classifier.thresholds.tolist(), strict=True))

        named = [named_feelings(text) for text in texts]
        readings = [
            _sentence_reading(sentence, row, feelings, thresholds)
            for sentence, row, feelings in zip(sentences, rows.tolist(), named, strict=True)
        ]
        ekman = np.array([list(ekman_scores(row).values()) for row in rows.tolist()])
        journal = np.array([list(journal_scores(*pair).values()) for pair in zip(rows.tolist(), named, strict=True)])
        labels = _present(LABELS, _label_scores(rows), thresholds)
        return EmotionReading(
            recording=transcript.recording,
            empty_reason=None,
            sentences=tuple(readings),
            labels=labels,
            ekman=_present_groups(EKMAN, _in_strongest_sentences(ekman), labels),
            journal=_present_groups(_JOURNAL_LABELS, _in_strongest_sentences(journal), labels),
            valence=_entry_valence(readings),
            intensity=_rounded(_in_strongest_sentences(np.array([[reading.intensity] for reading in readings]))[0]),
            made_by=EngineUse(engine=manifest.engine, version=manifest.version),
            created_at=created_at,
        )


def onnx_emotion_reader(store: ModelStore, *, threads: int) -> OnnxEmotionReader:
    """A reader with models from `store`, loaded when the first entry arrives. `threads` is the number of vCPUs."""
    return OnnxEmotionReader(LazyModels(store, "emotion", partial(load_emotion_classifier, threads=threads)))


def _empty_reading(transcript: Transcript, created_at: str) -> EmotionReading:
    return EmotionReading(
        recording=transcript.recording,
        empty_reason=transcript.empty_reason or "blank_text",
        sentences=(),
        labels=(),
        ekman=(),
        journal=(),
        valence=0.0,
        intensity=0.0,
        made_by=None,
        created_at=created_at,
    )


def _without_denied(rows: Scores, texts: Sequence[str]) -> Scores:
    """The probabilities [sentences, 28], with labels that the sentence denies no more probable than they turn out."""
    for row, text in zip(rows, texts, strict=True):
        for label in denied_labels(text):
            column = LABELS.index(label)
            row[column] = min(row[column], DENIED_PROBABILITY)
    return rows


def _sentence_reading(
    sentence: TimedSentence, probabilities: Sequence[float], named: Collection[str], thresholds: Mapping[str, float]
) -> SentenceReading:
    return SentenceReading(
        text=sentence.text,
        start_s=sentence.start_s,
        end_s=sentence.end_s,
        labels=_present(LABELS, np.array(probabilities), thresholds),
        valence=_rounded(valence(probabilities, named)),
        intensity=_rounded(intensity(probabilities, named)),
    )


def _label_scores(rows: Scores) -> Scores:
    """The entry's probability of each label [28]. Neutral is no emotion that shows in some sentences: all count."""
    scores = _in_strongest_sentences(rows)
    neutral = LABELS.index(NEUTRAL)
    scores[neutral] = rows[:, neutral].mean()
    return scores


def _in_strongest_sentences(rows: Scores) -> Scores:
    """[sentences, columns] → [columns]: each column's mean over its highest `STRONGEST_SHARE` of rows."""
    count = max(1, round(STRONGEST_SHARE * len(rows)))
    strongest: Scores = np.sort(rows, axis=0)[-count:].mean(axis=0)
    return strongest


def _entry_valence(readings: Sequence[SentenceReading]) -> float:
    """The sentences' valence, weighted by length and intensity: what is told without feeling does not dilute it."""
    weights = [len(reading.text.split()) * reading.intensity for reading in readings]
    total = sum(reading.valence * weight for reading, weight in zip(readings, weights, strict=True))
    return _rounded(total / sum(weights)) if sum(weights) else 0.0


def _present(names: Sequence[str], scores: Scores, thresholds: Mapping[str, float]) -> tuple[LabelScore, ...]:
    present = [(score, name) for name, score in zip(names, scores.tolist(), strict=True) if score >= thresholds[name]]
    ordered = sorted(present, key=lambda pair: (-pair[0], names.index(pair[1])))
    return tuple(LabelScore(label=name, probability=_rounded(score)) for score, name in ordered)


def _present_groups(
    groups: Mapping[str, Sequence[str]], scores: Scores, labels: Sequence[LabelScore]
) -> tuple[LabelScore, ...]:
    """Groups that reach their threshold, and those of which a label is present: rare labels have low thresholds."""
    present = {score.label for score in labels}
    thresholds = {group: GROUP_THRESHOLD if present.isdisjoint(members) else 0.0 for group, members in groups.items()}
    return _present(tuple(groups), scores, thresholds)


def _rounded(value: float) -> float:
    """Four digits: more would be noise in a document."""
    return round(float(value), 4)
