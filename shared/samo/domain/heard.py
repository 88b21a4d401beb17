"""What an engine heard, before anybody has put it in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class HeardWord(NamedTuple):
    """A word as the engine gives it: a blank before it, if any, belongs to it. Times in seconds, not yet in order."""

    text: str
    start_s: float
    end_s: float
    probability: float | None


class HeardSegment(NamedTuple):
    """A segment as the engine gives it. `words` is empty where the text could not be aligned with the sound.

    `compression_ratio` is that of all the text that the engine made in one go, None where it does not tell.
    """

    text: str
    start_s: float
    end_s: float
    words: Sequence[HeardWord]
    mean_log_probability: float | None
    no_speech_probability: float | None
    compression_ratio: float | None = None
