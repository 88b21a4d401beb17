"""Where somebody speaks: the stretches of speech in a recording, by the Silero VAD that ships with faster-whisper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples


class Stretch(NamedTuple):
    """A stretch of speech, with some quiet at either end: samples `start` up to `end` of the recording."""

    start: int
    end: int


def speech_stretches(samples: Samples, *, max_stretch_s: float = math.inf) -> list[Stretch]:
    """The stretches of speech in 16 kHz mono sound, in order and apart; none in silence.

    A pause ends a stretch after two seconds, as faster-whisper has it. Stretches longer than `max_stretch_s` are cut
    at their last short pause. The model: Silero Team, "Silero VAD", github.com/snakers4/silero-vad, version 6.
    """
    found = get_speech_timestamps(samples, VadOptions(max_speech_duration_s=max_stretch_s))
    return [Stretch(start=int(stretch["start"]), end=int(stretch["end"])) for stretch in found]


def speech_s(stretches: Sequence[Stretch]) -> float:
    """Seconds of speech."""
    return sum(stretch.end - stretch.start for stretch in stretches) / SAMPLE_RATE_HZ


def only_speech(samples: Samples, stretches: Sequence[Stretch]) -> Samples:
    """The stretches, one after another, without what lies between them."""
    return np.concatenate([samples[stretch.start : stretch.end] for stretch in stretches])
