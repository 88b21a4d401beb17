"""An insight: transcript, emotions over time and summary of one recording, joined."""

from __future__ import annotations

from typing import Literal

import msgspec

from samo.domain.emotion import EmotionReading
from samo.domain.events import Revision
from samo.domain.recording import RecordingRef
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript


class PartStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a part is there. A failed one carries the code of its failure record."""

    status: Literal["ok", "failed"]
    code: str | None = None


class EmotionShift(msgspec.Struct, frozen=True, kw_only=True):
    """The sharpest turn of valence between two neighbouring passages of the entry; `sentence` starts the second."""

    sentence: int
    start_s: float | None
    valence_before: float
    valence_after: float


class Insight(msgspec.Struct, frozen=True, kw_only=True):
    """The document `insights/…json`, all that a consumer needs.

    `degraded` is true when a part failed; `headline` and `observations` are plain sentences made from the parts.
    `revision` is that of the event that it was joined from; more than 1 after a retry or a reprocessing.
    """

    schema_version: Literal[1] = 1
    recording: RecordingRef
    degraded: bool
    parts: dict[Literal["emotions", "summary"], PartStatus]
    headline: str
    observations: tuple[str, ...]
    shift: EmotionShift | None
    transcript: Transcript
    emotions: EmotionReading | None
    summary: Summary | None
    created_at: str
    revision: Revision = 1
