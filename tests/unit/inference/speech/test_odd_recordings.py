"""Odd recordings that can be heard become transcripts, with the reason where there is nothing to hear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from samo.domain.hints import TranscriptionHints
from samo.domain.transcript import Transcript
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import decode
from samo.inference.speech.whisper import WhisperTranscriber, whisper_transcriber
from tests.audio import sounds
from tests.audio.clips import DEMO, SHORT
from tests.audio.encode import encode, write_wav
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING, store_with


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> WhisperTranscriber:
    """A transcriber with random weights for three languages."""
    folder = random_whisper(tmp_path_factory.mktemp("whisper"), seed=27, multilingual=True)
    return whisper_transcriber(ModelStore([store_with({"whisper-1": folder})]), threads=2, max_duration_s=120)


def a_twentieth_of_a_second(folder: Path) -> Path:
    """Of a voice."""
    return write_wav(folder / "short.wav", decode(SHORT.path, max_duration_s=60).samples[8_000:8_800])


def a_breath_of_silence(folder: Path) -> Path:
    """Of nothing."""
    return write_wav(folder / "silent.wav", sounds.silence(0.05))


def at_1_khz(folder: Path) -> Path:
    """Muffled beyond understanding."""
    return encode(SHORT.path, folder / "muffled.wav", rate_hz=1_000)


def seven_channels(folder: Path) -> Path:
    """A recording of a room."""
    return encode(SHORT.path, folder / "room.flac", channels=7)


def corrupt_in_the_middle(folder: Path) -> Path:
    """A tenth of an MP3 overwritten."""
    data = bytearray(encode(DEMO.path, folder / "whole.mp3").read_bytes())
    start, length = len(data) // 2, len(data) // 10
    data[start : start + length] = np.random.default_rng(0).bytes(length)
    (folder / "corrupt.mp3").write_bytes(data)
    return folder / "corrupt.mp3"


def the_transcript(whisper: WhisperTranscriber, recording: Path, hints: TranscriptionHints | None = None) -> Transcript:
    """The transcript of the file."""
    return whisper.transcribe(recording, RECORDING, created_at=CREATED_AT, hints=hints or TranscriptionHints())


@pytest.mark.parametrize(
    "make", [a_twentieth_of_a_second, a_breath_of_silence, at_1_khz, seven_channels, corrupt_in_the_middle]
)
def test_an_odd_recording_has_a_transcript(
    make: Callable[[Path], Path], whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    """Text, or a reason why there is none; and measures of its quality in any case."""
    transcript = the_transcript(whisper, make(tmp_path))

    assert (transcript.text == "") == (transcript.empty_reason is not None)
    assert transcript.quality is not None
    assert transcript.audio is not None
    assert transcript.audio.duration_s > 0


@pytest.mark.parametrize("make", [a_twentieth_of_a_second, a_breath_of_silence])
def test_what_is_too_short_for_a_word_is_empty(
    make: Callable[[Path], Path], whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    """Nobody speaks, or nothing of it can be trusted."""
    transcript = the_transcript(whisper, make(tmp_path))

    assert (transcript.text, transcript.segments) == ("", ())
    assert transcript.empty_reason in ("no_speech", "unintelligible")


def test_a_corrupt_middle_is_flagged(whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """The rest is transcribed."""
    transcript = the_transcript(whisper, corrupt_in_the_middle(tmp_path))

    assert "audio_damaged" in transcript.warnings
    assert transcript.text


def test_silence_is_told_from_a_quiet_voice(whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """The advice says what to look at."""
    silent = the_transcript(whisper, write_wav(tmp_path / "silent.wav", sounds.silence(5)))
    quiet = write_wav(tmp_path / "quiet.wav", decode(SHORT.path, max_duration_s=60).samples / 50)

    assert silent.quality is not None
    assert "microphone is on" in (silent.quality.advice or "")
    found = the_transcript(whisper, quiet).quality
    assert found is not None
    assert "closer to the microphone" in (found.advice or "")


def test_a_language_is_used_instead_of_guessed(whisper: WhisperTranscriber) -> None:
    """Without the hint this model takes the sentence for German."""
    assert the_transcript(whisper, SHORT.path).language == "de"

    hinted = the_transcript(whisper, SHORT.path, TranscriptionHints(language="fr"))

    assert (hinted.language, hinted.hints) == ("fr", TranscriptionHints(language="fr"))
    assert hinted.warnings == ()


def test_a_language_that_the_model_lacks_is_found_instead(whisper: WhisperTranscriber) -> None:
    """And the transcript says that the hint was not used."""
    transcript = the_transcript(whisper, SHORT.path, TranscriptionHints(language="it"))

    assert (transcript.language, transcript.hints) == ("de", TranscriptionHints(ignored=("language",)))
    assert transcript.warnings == ("hint_ignored",)


def test_hotwords_reach_the_model(whisper: WhisperTranscriber) -> None:
    """They stand in its prompt, so it says something else."""
    plain = the_transcript(whisper, SHORT.path)

    hinted = the_transcript(whisper, SHORT.path, TranscriptionHints(hotwords="walk rain friend"))

    assert hinted.text != plain.text
    assert hinted.hints == TranscriptionHints(hotwords="walk rain friend")
