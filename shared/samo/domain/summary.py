"""A summary: the few sentences that carry an entry, how they were asked for, and who chose or wrote them."""

from __future__ import annotations

from typing import Literal

import msgspec

from samo.domain.recording import RecordingRef
from samo.domain.transcript import EmptyReason, EngineUse

SummaryLength = Literal["short", "medium", "long"]
SummaryStyle = Literal["paragraph", "bullets"]
SummaryFocus = Literal["general", "emotional"]

FallbackReason = Literal[
    "no_model",
    "unsupported_language",
    "generation_failed",
    "empty_output",
    "unfaithful_name",
    "unfaithful_number",
    "unfaithful_negation",
    "unfaithful_content",
]
"""Why sentences of the entry stand where a model was to write: stable codes, for consumers and metrics.

`no_model`: the model store has no version for summaries. `unfaithful_…`: the model's text had a name, a number or a
negation that the entry does not support, or was mostly made of words that are not in the entry.
"""


class SummaryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a summary is wanted. `focus` says what it is about: the whole entry, or what was felt in it."""

    length: SummaryLength = "medium"
    style: SummaryStyle = "paragraph"
    focus: SummaryFocus = "emotional"


class SummarySentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of the summary; with its time in the recording when it was spoken, not when a model wrote it."""

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

    `method` says whether sentences were taken from the entry or written by a model. `windows` is in how many pieces the
    entry was read: 1 unless a model needed more, 0 without text. `fallback_reason` is None where the summary was made
    in the way that was asked for. `compression` is the number of words in the summary divided by that of the entry, in
    [0, 1] for an extractive summary.
    """

    schema_version: Literal[2] = 2
    recording: RecordingRef
    empty_reason: EmptyReason | None
    method: Literal["extractive", "abstractive"]
    options: SummaryOptions
    windows: int
    fallback_reason: FallbackReason | None
    text: str
    sentences: tuple[SummarySentence, ...]
    key_emotions: tuple[KeyEmotion, ...]
    compression: float | None
    made_by: EngineUse | None
    created_at: str
