"""Where somebody speaks: the stretches of speech in a sound that is in memory as a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from samo.domain.window_plan import Stretch
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples
from samo.inference.speech.window_planner import windows_of

__all__ = ["Stretch", "only_speech", "speech_s", "speech_stretches"]


def speech_stretches(samples: Samples, *, max_stretch_s: float = math.inf) -> list[Stretch]:
    """The stretches of speech in 16 kHz mono sound, in order and apart; none in silence.

    A pause ends a stretch after two seconds, as faster-whisper has it. Longer ones than `max_stretch_s` are cut as
    windows are.
    """
    window_s = min(max_stretch_s, 1.0 + len(samples) / SAMPLE_RATE_HZ)
    return [stretch for window in windows_of(samples, window_s=window_s) for stretch in window.stretches]


def speech_s(stretches: Sequence[Stretch]) -> float:
    """Seconds of speech."""
    return sum(stretch.end - stretch.start for stretch in stretches) / SAMPLE_RATE_HZ


def only_speech(samples: Samples, stretches: Sequence[Stretch]) -> Samples:
    """The stretches, one after another, without what lies between them."""
    return np.concatenate([samples[stretch.start : stretch.end] for stretch in stretches])
