"""A transcript: what was said (or written), when, and how sure the engine is."""

from __future__ import annotations

from typing import Literal

import msgspec

from samo.domain.hints import TranscriptionHints
from samo.domain.quality import Quality
from samo.domain.recording import RecordingRef

EmptyReason = Literal["no_speech", "too_quiet", "unintelligible", "blank_text"]
"""Why there is no text. `no_speech`: nobody speaks. `too_quiet`: what may be speech does not rise above the noise.
`unintelligible`: there is sound like speech, and the engine made no text of it that can be trusted. `blank_text`: a
written entry without words."""

TranscriptWarning = Literal["audio_damaged", "stand_in_engine", "hint_ignored"]

DropReason = Literal[
    "too_quiet", "no_speech", "impossible_times", "compressible", "repeated", "known_phrase", "low_probability"
]
"""Which gate held a segment back; `samo/inference/speech/gates.py` says what each looks at."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One spoken word. Times in seconds from the start of the recording, probability in [0, 1] or unknown."""

    text: str
    start_s: float
    end_s: float
    probability: float | None


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of speech, as the engine cut it. `text` joins the words; log-probability is the mean per token."""

    text: str
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    mean_log_probability: float | None
    no_speech_probability: float | None


class DroppedSpeech(msgspec.Struct, frozen=True, kw_only=True):
    """Text of the engine that was held back: when, in seconds of the recording, and why; never the words."""

    start_s: float
    end_s: float
    reason: DropReason


class AudioMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """What decoding found. `container_s` is what the file claims to last, `duration_s` what could be decoded."""

    duration_s: float
    container_s: float | None
    speech_s: float
    sample_rate_hz: int
    channels: int
    codec: str


class EngineUse(msgspec.Struct, frozen=True, kw_only=True):
    """Which engine and which model version produced a result.

    `engine` is the manifest's, what runs the version's files (`onnx`, `ctranslate2`). An engine without weights has its
    own name (`extractive`, `pocketsphinx`), and `version` is None.
    """

    engine: str
    version: str | None


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """The document `transcripts/…json`.

    `text` is the whole transcript; `segments` is empty for a written entry. `confidence` is the mean word
    probability in [0, 1]. An empty text always comes with `empty_reason`. `quality` and `hints` are None for a written
    entry, and for one that was stored before they were known.
    """

    schema_version: Literal[3] = 3
    recording: RecordingRef
    source: Literal["speech", "text"]
    text: str
    empty_reason: EmptyReason | None
    language: str | None
    language_probability: float | None
    segments: tuple[Segment, ...]
    confidence: float | None
    words_per_minute: float | None
    audio: AudioMeasures | None
    quality: Quality | None
    dropped: tuple[DroppedSpeech, ...]
    hints: TranscriptionHints | None
    warnings: tuple[TranscriptWarning, ...]
    made_by: EngineUse | None
    created_at: str
