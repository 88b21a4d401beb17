"""A summary: the few sentences that carry an entry, and who chose or wrote them."""

from __future__ import annotations

from typing import Literal

import msgspec

from samo.domain.recording import RecordingRef
from samo.domain.transcript import EmptyReason, EngineUse


class SummarySentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of the summary, with its time in the recording when it was spoken."""

    text: str
    start_s: float | None
    end_s: float | None


class KeyEmotion(msgspec.Struct, frozen=True, kw_only=True):
    """An emotion that matters in the entry and the sentence that shows it best."""

    label: str
    probability: float
    evidence: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The document `summaries/…json`.

    `method` says whether sentences were taken from the entry or written by a model. `compression` is the number of
    words in the summary divided by that of the entry, in [0, 1] for an extractive summary.
    """

    schema_version: Literal[1] = 1
    recording: RecordingRef
    empty_reason: EmptyReason | None
    method: Literal["extractive", "abstractive"]
    text: str
    sentences: tuple[SummarySentence, ...]
    key_emotions: tuple[KeyEmotion, ...]
    compression: float | None
    made_by: EngineUse | None
    created_at: str
