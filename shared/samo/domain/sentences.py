"""Sentences of a transcript, with their times: the unit that emotions are read from and summaries are built of."""

from __future__ import annotations

import msgspec


class TimedSentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of a transcript, with its times in seconds when it was spoken."""

    text: str
    start_s: float | None
    end_s: float | None
