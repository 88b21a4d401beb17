"""Emotion readings: the labels, sentence by sentence with times, and of the whole entry."""

from __future__ import annotations

from typing import Literal

import msgspec

from samo.domain.recording import RecordingRef
from samo.domain.transcript import EmptyReason, EngineUse


class LabelScore(msgspec.Struct, frozen=True, kw_only=True):
    """A label and its calibrated probability in [0, 1]."""

    label: str
    probability: float


class SentenceReading(msgspec.Struct, frozen=True, kw_only=True):
    """The emotions of one sentence. Times are None for a written entry.

    `labels` are those above their thresholds, most probable first; `valence` lies in [-1, 1], `intensity` in [0, 1].
    """

    text: str
    start_s: float | None
    end_s: float | None
    labels: tuple[LabelScore, ...]
    valence: float
    intensity: float


class EmotionReading(msgspec.Struct, frozen=True, kw_only=True):
    """The document `emotions/…json`.

    `labels` (GoEmotions), `ekman` and `journal` are those above threshold for the whole entry, most probable first.
    An entry without text has no sentences, no labels and an `empty_reason`, never "neutral".
    """

    schema_version: Literal[1] = 1
    recording: RecordingRef
    empty_reason: EmptyReason | None
    sentences: tuple[SentenceReading, ...]
    labels: tuple[LabelScore, ...]
    ekman: tuple[LabelScore, ...]
    journal: tuple[LabelScore, ...]
    valence: float
    intensity: float
    made_by: EngineUse | None
    created_at: str
