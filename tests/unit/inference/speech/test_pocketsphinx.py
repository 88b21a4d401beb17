"""The stand-in engine understands most of what a person says, says that it is a stand-in, and nothing on silence."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from samo.domain.errors import EngineMissing, RecordingTooLong
from samo.domain.transcript import EngineUse, Transcript
from samo.inference.speech.audio import SAMPLE_RATE_HZ, decode
from samo.inference.speech.pocketsphinx import PocketsphinxTranscriber
from samo.modelling.transcripts.errors import errors_of
from tests.audio.clips import DEMO, SHORT
from tests.audio.encode import encode, write_wav
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING


@pytest.fixture(scope="module")
def stand_in() -> PocketsphinxTranscriber:
    """The engine; its model is part of the package."""
    return PocketsphinxTranscriber(max_duration_s=120.0)


@pytest.fixture(scope="module")
def of_the_demo(stand_in: PocketsphinxTranscriber) -> Transcript:
    """What it makes of the demo recording."""
    return stand_in.transcribe(DEMO.path, RECORDING, created_at=CREATED_AT)


def test_most_words_of_a_real_recording_are_right(of_the_demo: Transcript) -> None:
    """At most four in ten words are wrong on a person reading; nobody would call that good, hence the label."""
    assert errors_of(DEMO.text, of_the_demo.text, language="en").word_error_rate < 0.4


def test_the_transcript_is_labelled(of_the_demo: Transcript) -> None:
    """A reader sees that it is a stand-in, and is told no figures that the engine cannot know."""
    assert of_the_demo.warnings == ("stand_in_engine",)
    assert of_the_demo.made_by == EngineUse(engine="pocketsphinx", version=None)
    assert (of_the_demo.language, of_the_demo.language_probability, of_the_demo.confidence) == ("en", None, None)
    assert of_the_demo.words_per_minute == pytest.approx(len(DEMO.words) / 28.7 * 60, rel=0.2)


def test_words_have_times_in_order_inside_the_recording(of_the_demo: Transcript) -> None:
    """Each word has its time, and the second of silence between two sentences lies between two words."""
    words = [word for segment in of_the_demo.segments for word in segment.words]

    assert of_the_demo.audio is not None
    assert all(0.0 <= word.start_s <= word.end_s <= of_the_demo.audio.duration_s for word in words)
    assert all(left.end_s <= right.start_s for left, right in pairwise(words))
    pauses = [(left.end_s, right.start_s) for left, right in pairwise(words) if right.start_s - left.end_s > 0.8]
    assert any(6.5 < start_s < end_s < 8.7 for start_s, end_s in pauses)


def test_only_words_are_in_the_text(of_the_demo: Transcript) -> None:
    """No marks of silence or noise, no numbers of pronunciations."""
    assert not set("<>[]()+0123456789") & set(of_the_demo.text)


def test_speech_after_a_long_silence_keeps_its_time(stand_in: PocketsphinxTranscriber, tmp_path: Path) -> None:
    """Twenty silent seconds shift the words by twenty seconds, and add none."""
    voice = decode(SHORT.path, max_duration_s=60).samples
    recording = write_wav(tmp_path / "late.wav", np.concatenate([np.zeros(20 * SAMPLE_RATE_HZ, np.float32), voice]))

    transcript = stand_in.transcribe(recording, RECORDING, created_at=CREATED_AT)

    assert 19.5 < transcript.segments[0].words[0].start_s < 21.0
    assert errors_of(SHORT.text, transcript.text, language="en").word_error_rate < 0.6


@pytest.mark.parametrize("loudness", [0.0, 0.001, 0.2])
def test_silence_and_noise_are_empty(loudness: float, stand_in: PocketsphinxTranscriber, tmp_path: Path) -> None:
    """Asked about silence, the engine would answer "dog"; it is not asked."""
    noise = np.random.default_rng(0).normal(0, 1, 5 * SAMPLE_RATE_HZ).astype(np.float32) * loudness

    transcript = stand_in.transcribe(write_wav(tmp_path / "noise.wav", noise), RECORDING, created_at=CREATED_AT)

    assert (transcript.text, transcript.empty_reason, transcript.made_by) == ("", "no_speech", None)


def test_what_was_heard_before_changes_nothing(stand_in: PocketsphinxTranscriber, tmp_path: Path) -> None:
    """A decoder adapts to each voice; yet a retry must give the same transcript."""
    louder = write_wav(tmp_path / "louder.wav", decode(DEMO.path, max_duration_s=60).samples[: 7 * SAMPLE_RATE_HZ] * 3)
    first = stand_in.transcribe(SHORT.path, RECORDING, created_at=CREATED_AT)
    stand_in.transcribe(louder, RECORDING, created_at=CREATED_AT)

    assert stand_in.transcribe(SHORT.path, RECORDING, created_at=CREATED_AT) == first


def test_compressed_recordings_are_understood_as_well(stand_in: PocketsphinxTranscriber, tmp_path: Path) -> None:
    """What a phone sends is no harder than the original."""
    recording = encode(SHORT.path, tmp_path / "recording.m4a", rate_hz=44_100, channels=2)

    transcript = stand_in.transcribe(recording, RECORDING, created_at=CREATED_AT)

    assert errors_of(SHORT.text, transcript.text, language="en").word_error_rate < 0.6


def test_a_recording_beyond_the_limit_is_refused() -> None:
    """The limit holds for every engine."""
    with pytest.raises(RecordingTooLong):
        PocketsphinxTranscriber(max_duration_s=1.0).transcribe(SHORT.path, RECORDING, created_at=CREATED_AT)


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is an extra; who asks for it without having it learns its name."""
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)

    with pytest.raises(EngineMissing, match=r"samo\[pocketsphinx\]"):
        PocketsphinxTranscriber(max_duration_s=1.0)
