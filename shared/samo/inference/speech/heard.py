"""What an engine heard, before anybody has looked at whether to believe it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from samo.domain.heard import HeardSegment, HeardWord
from samo.domain.transcript import DroppedSpeech, EngineUse

__all__ = ["NOTHING_HEARD", "Heard", "HeardSegment", "HeardWord"]


class Heard(NamedTuple):
    """What is kept of all that an engine heard, which engine it was, and what it took the language to be.

    `dropped` is what the gates held back.
    """

    segments: Iterable[HeardSegment]
    made_by: EngineUse | None
    language: str | None = None
    language_probability: float | None = None
    stand_in: bool = False
    dropped: Sequence[DroppedSpeech] = ()


NOTHING_HEARD = Heard(segments=(), made_by=None)
"""Nobody speaks, so no engine was asked."""
