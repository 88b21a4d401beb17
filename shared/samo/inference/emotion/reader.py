"""Emotions of an entry: every sentence read by the classifier, then the entry from its sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from samo.domain.emotion import EmotionReading, LabelScore, SentenceReading
from samo.domain.named_feelings import named_feelings
from samo.domain.sentences import TimedSentence
from samo.domain.taxonomy import (
    EKMAN,
    GROUP_THRESHOLD,
    JOURNAL,
    LABELS,
    ekman_scores,
    intensity,
    journal_scores,
    valence,
)
from samo.domain.transcript import EngineUse, Transcript
from samo.inference.emotion.classifier import EmotionClassifier, load_emotion_classifier
from samo.inference.emotion.entry_scores import in_strongest_sentences, label_scores
from samo.inference.emotion.sentence_probabilities import sentence_probabilities
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.store import ModelStore

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
        texts = [classifier.as_meant(sentence.text) for sentence in sentences]
        rows = sentence_probabilities(classifier, texts)
        thresholds = dict(zip(LABELS, classifier.thresholds.tolist(), strict=True))

        named = [named_feelings(text) for text in texts]
        readings = [
            _sentence_reading(sentence, row, feelings, thresholds)
            for sentence, row, feelings in zip(sentences, rows.tolist(), named, strict=True)
        ]
        ekman = np.array([list(ekman_scores(row).values()) for row in rows.tolist()])
        journal = np.array([list(journal_scores(*pair).values()) for pair in zip(rows.tolist(), named, strict=True)])
        labels = _present(LABELS, label_scores(rows), thresholds)
        return EmotionReading(
            recording=transcript.recording,
            empty_reason=None,
            sentences=tuple(readings),
            labels=labels,
            ekman=_present_groups(EKMAN, in_strongest_sentences(ekman), labels),
            journal=_present_groups(_JOURNAL_LABELS, in_strongest_sentences(journal), labels),
            valence=_entry_valence(readings),
            intensity=_rounded(in_strongest_sentences(np.array([[reading.intensity] for reading in readings]))[0]),
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
