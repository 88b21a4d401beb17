"""Half minutes: the speech of one window in pieces that Whisper can hear side by side, each cut where it is quietest.

Plain faster-whisper, which transcribes for us, hears half a minute and goes on from its last word. What its batched
pipeline hears has to be cut before anybody knows the words. So that the pipeline is measured as it could be used, its
cuts are looked for in the sound. Why it is not used: docs/adr/0011-half-minutes-one-after-the-other.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples

# What Whisper looks at in one go; the rest of a longer piece would be lost.
MOST_S = 30.0

# Where somebody reads, one cut in nine hits the voice if the range is 5 s, and none if it is 8 s. Five minutes are then
# 12 pieces instead of 11, each as much to encode as a full half minute.
CHOICE_S = 8.0

# A pause between words is longer than this, the closure before a "p" or a "t" is shorter.
QUIET_S = 0.2

_FRAME = SAMPLE_RATE_HZ // 100


class HalfMinute(NamedTuple):
    """Samples `start` up to `end` of the speech of a window, at most half a minute of them."""

    start: int
    end: int

    @property
    def start_s(self) -> float:
        """Seconds of speech before it."""
        return self.start / SAMPLE_RATE_HZ

    @property
    def end_s(self) -> float:
        """Seconds of speech up to its end."""
        return self.end / SAMPLE_RATE_HZ


def half_minutes(speech: Samples) -> list[HalfMinute]:
    """Cut 16 kHz mono speech, float32 [samples], into pieces that cover it, in order.

    What fits into half a minute is one piece. Of more, pieces are as even as the pauses allow, so that none is shorter
    than 11 s: each ends in the quietest fifth of a second within 4 s of where even pieces would end. The cut is the
    middle of a hundredth of a second.
    """
    most, choice = int(MOST_S * SAMPLE_RATE_HZ), int(CHOICE_S * SAMPLE_RATE_HZ)
    if len(speech) <= most:
        return [HalfMinute(0, len(speech))]
    powers = _powers(speech)
    pieces, start = [], 0
    while len(speech) - start > most:
        rest = len(speech) - start
        count = -(-rest // (most - choice // 2))
        even = start + rest // count
        cut = _quietest(powers, even - choice // 2, even + choice // 2)
        pieces.append(HalfMinute(start, cut))
        start = cut
    return [*pieces, HalfMinute(start, len(speech))]


def _powers(speech: Samples) -> npt.NDArray[np.float64]:
    """The mean power of the fifth of a second around each frame of 10 ms, float64 [samples // 160]."""
    frames = speech[: len(speech) // _FRAME * _FRAME].reshape(-1, _FRAME)
    powers = np.einsum("ij,ij->i", frames, frames, dtype=np.float64)
    width = round(QUIET_S * SAMPLE_RATE_HZ / _FRAME) + 1
    return np.convolve(powers, np.full(width, 1 / (width * _FRAME)), mode="same")


def _quietest(powers: npt.NDArray[np.float64], earliest: int, latest: int) -> int:
    """The sample in the middle of the quietest frame; of frames that are equally quiet, the one in their middle."""
    first = -(-(earliest - _FRAME // 2) // _FRAME)
    within = powers[first : (latest - _FRAME // 2) // _FRAME + 1]
    quiet = np.flatnonzero(within == within.min())
    return int(first + quiet[len(quiet) // 2]) * _FRAME + _FRAME // 2
