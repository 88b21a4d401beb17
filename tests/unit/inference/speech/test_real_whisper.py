"""With real weights: what people say is what stands in the transcript. Runs where SAMO_WHISPER_DIR names some."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from samo.domain.transcript import Transcript
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import SAMPLE_RATE_HZ, decode
from samo.inference.speech.whisper import WhisperTranscriber, whisper_transcriber
from samo.modelling.transcripts.errors import errors_of
from tests.audio.clips import DEMO, SHORT
from tests.audio.encode import encode, write_wav
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING, store_with

WEIGHTS = os.environ.get("SAMO_WHISPER_DIR")

pytestmark = pytest.mark.skipif(
    WEIGHTS is None, reason="needs real Whisper weights: set SAMO_WHISPER_DIR to a faster-whisper folder"
)


@pytest.fixture(scope="module")
def whisper() -> WhisperTranscriber:
    """A transcriber with the real weights, published in a store."""
    store = store_with({"whisper-real": Path(WEIGHTS or "")})
    return whisper_transcriber(ModelStore([store]), threads=2, max_duration_s=120.0)


def the_transcript(whisper: WhisperTranscriber, audio: Path) -> Transcript:
    """The transcript of the file."""
    return whisper.transcribe(audio, RECORDING, created_at=CREATED_AT)


def test_a_person_reading_is_understood(whisper: WhisperTranscriber) -> None:
    """At most one word in ten is wrong, the language is found, and the sentences carry punctuation."""
    transcript = the_transcript(whisper, DEMO.path)

    assert errors_of(DEMO.text, transcript.text, language="en").word_error_rate <= 0.1
    assert transcript.language == "en"
    assert transcript.text[0].isupper()
    assert transcript.text.rstrip()[-1] in ".!?"


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus", ".webm"])
def test_compression_costs_few_words(suffix: str, whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """What phones and browsers send is understood as well."""
    transcript = the_transcript(whisper, encode(DEMO.path, tmp_path / f"recording{suffix}"))

    assert errors_of(DEMO.text, transcript.text, language="en").word_error_rate <= 0.15


def test_times_are_right_after_a_long_silence(whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """A sentence after forty silent seconds starts where it is spoken, and nothing is invented before it."""
    voice = decode(SHORT.path, max_duration_s=60).samples
    late = write_wav(tmp_path / "late.wav", np.concatenate([np.zeros(40 * SAMPLE_RATE_HZ, np.float32), voice]))

    transcript = the_transcript(whisper, late)

    assert 39.5 < transcript.segments[0].words[0].start_s < 41.0
    assert errors_of(SHORT.text, transcript.text, language="en").word_error_rate <= 0.4


@pytest.mark.parametrize("loudness", [0.0, 0.01, 0.2])
def test_no_text_is_invented(loudness: float, whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """Half a minute of silence or noise says nothing, and certainly does not thank for watching."""
    noise = np.random.default_rng(0).normal(0, 1, 30 * SAMPLE_RATE_HZ).astype(np.float32) * loudness

    transcript = the_transcript(whisper, write_wav(tmp_path / "noise.wav", noise))

    assert (transcript.text, transcript.empty_reason) == ("", "no_speech")
