"""How a recording is transcribed in pieces: the plan of its windows, and what was heard in each.

Both are kept as checkpoints while the work goes on, and deleted when the transcript stands. They are read by nobody but
the stage that wrote them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from samo.domain.heard import HeardSegment
from samo.domain.hints import TranscriptionHints
from samo.domain.quality import SoundQuality
from samo.domain.recording import RecordingRef
from samo.domain.transcript import AudioMeasures, DroppedSpeech, EngineUse

SAMPLE_RATE_HZ = 16_000
"""Of all sound that engines hear."""


class Stretch(NamedTuple):
    """A stretch of speech, with some quiet at either end: samples `start` up to `end` of the recording."""

    start: int
    end: int


class Window(msgspec.Struct, frozen=True):
    """Stretches of speech that are transcribed in one go: in order and apart, at least one."""

    stretches: tuple[Stretch, ...]

    @property
    def start(self) -> int:
        """Its first sample."""
        return self.stretches[0].start

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.stretches[-1].end

    @property
    def speech_s(self) -> float:
        """Seconds of speech in it."""
        return sum(stretch.end - stretch.start for stretch in self.stretches) / SAMPLE_RATE_HZ


class WindowPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The windows of one recording, in order and apart, and all that is fixed before the first is transcribed.

    It depends on the recording alone, not on how many work on it. Every window is heard by the engine `made_by`, None
    where nobody speaks, in `language`, None where there is one window and the engine finds it out.
    """

    schema_version: Literal[1] = 1
    recording: RecordingRef
    audio: AudioMeasures
    damaged: bool
    sound: SoundQuality
    windows: tuple[Window, ...]
    made_by: EngineUse | None
    stand_in: bool
    language: str | None
    language_probability: float | None
    hints: TranscriptionHints

    @property
    def speech_s(self) -> float:
        """Seconds of speech in all windows."""
        return sum(window.speech_s for window in self.windows)


class WindowPart(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard in window number `window`: what is kept, and what the gates held back."""

    schema_version: Literal[1] = 1
    recording: RecordingRef
    window: int
    segments: tuple[HeardSegment, ...]
    dropped: tuple[DroppedSpeech, ...]
    language: str | None
    language_probability: float | None
