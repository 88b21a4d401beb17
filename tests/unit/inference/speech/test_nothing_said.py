"""Where nobody speaks there is no text, although the random Whisper babbles on whatever it is given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import WhisperModel

from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.gates import screen
from samo.inference.speech.heard import HeardSegment
from samo.inference.speech.whisper import WhisperTranscriber, whisper_transcriber
from tests.audio import sounds
from tests.audio.clips import DEMO
from tests.audio.encode import write_wav
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING, store_with

DURATION_S = 20.0

SOUNDS: dict[str, Callable[[], Samples]] = {
    "silence": lambda: sounds.silence(DURATION_S),
    "white noise": lambda: sounds.white_noise(DURATION_S),
    "faint white noise": lambda: sounds.white_noise(DURATION_S, level=0.001),
    "pink noise": lambda: sounds.pink_noise(DURATION_S),
    "hum": lambda: sounds.hum(DURATION_S),
    "piano": lambda: sounds.chords(DURATION_S),
    "drums": lambda: sounds.drums(DURATION_S),
    "band": lambda: sounds.band(DURATION_S),
}

# What the energy gate alone, without the voice detector ahead of it, must not let pass.
STEADY = ("silence", "white noise", "faint white noise", "hum")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A faster-whisper folder with random weights."""
    return random_whisper(tmp_path_factory.mktemp("whisper"))


@pytest.fixture(scope="module")
def whisper(folder: Path) -> WhisperTranscriber:
    """A transcriber with that model."""
    return whisper_transcriber(ModelStore([store_with({"whisper-random-1": folder})]), threads=2, max_duration_s=120.0)


@pytest.mark.parametrize("sound", SOUNDS)
def test_no_text_is_invented(sound: str, whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """An empty transcript that says why, and nothing of what the engine may have said."""
    recording = write_wav(tmp_path / "recording.wav", SOUNDS[sound]())

    transcript = whisper.transcribe(recording, RECORDING, created_at=CREATED_AT)

    assert (transcript.text, transcript.segments, transcript.language) == ("", (), None)
    assert transcript.empty_reason in ("no_speech", "too_quiet", "unintelligible")


@pytest.mark.parametrize("sound", STEADY)
def test_babble_over_steady_sound_is_too_quiet_even_without_a_voice_detector(sound: str, folder: Path) -> None:
    """The model is given the noise itself, and babbles; the gates hold all of it back."""
    samples = SOUNDS[sound]()
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    babble = [
        HeardSegment(each.text, each.start, each.end, (), each.avg_logprob, each.no_speech_prob)
        for each in model.transcribe(samples, condition_on_previous_text=False)[0]
    ]

    screened = screen(babble, samples, offset_s=0.0)

    assert babble
    assert screened.kept == ()
    assert {each.reason for each in screened.dropped} == {"too_quiet"}


def test_what_is_said_between_noises_is_kept(whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """Nothing of a voice in the middle of hiss and hum is lost."""
    voice = decode(DEMO.path, max_duration_s=60).samples
    noise = sounds.white_noise(10.0, level=0.005)
    recording = write_wav(tmp_path / "recording.wav", np.concatenate([noise, voice, sounds.hum(10.0) * 0.05]))

    transcript = whisper.transcribe(recording, RECORDING, created_at=CREATED_AT)

    assert transcript.text
    starts_s = [segment.start_s for segment in transcript.segments]
    assert 9.5 < min(starts_s) < max(starts_s) < 10 + len(voice) / SAMPLE_RATE_HZ + 0.5
