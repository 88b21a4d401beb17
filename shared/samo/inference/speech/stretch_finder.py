"""From probabilities to stretches of speech, one frame at a time, by the rules of faster-whisper."""

from __future__ import annotations

from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch
from samo.inference.speech.voice_probability import FRAME_SAMPLES

SPEECH_FROM = 0.5
"""A probability from which on a frame is speech."""

PAUSE_BELOW = 0.35
"""A probability below which a frame is a pause; between the two it is what the frames before it were."""

LEAST_SILENCE = 2 * SAMPLE_RATE_HZ
"""So many samples without speech end a stretch."""

MARGIN = int(0.4 * SAMPLE_RATE_HZ)
"""So many samples before and after the speech belong to its stretch: the VAD is late for soft sounds."""


class StretchFinder:
    """Hysteresis over frames: speech begins with a sure frame and ends with two seconds of pause.

    `since` is the first sample of the stretch that is going on, None while nobody speaks; `pause_since` the first one
    of the pause in it, None while somebody speaks.
    """

    def __init__(self) -> None:
        self.since: int | None = None
        self.pause_since: int | None = None
        self._position = 0

    def add(self, probability: float) -> Stretch | None:
        """The next frame; the stretch that has ended with it, if one has."""
        position = self._position
        self._position += FRAME_SAMPLES
        if self.since is None:
            if probability >= SPEECH_FROM:
                self.since, self.pause_since = max(0, position - MARGIN), None
            return None
        if probability >= SPEECH_FROM:
            self.pause_since = None
        elif probability < PAUSE_BELOW:
            if self.pause_since is None:
                self.pause_since = position
            if position - self.pause_since >= LEAST_SILENCE:
                stretch = Stretch(self.since, self.pause_since + MARGIN)
                self.since = None
                return stretch
        return None
