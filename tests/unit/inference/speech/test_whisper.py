"""The Whisper transcriber says what faster-whisper says, when it says it, and nothing where nobody speaks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from faster_whisper import WhisperModel

from samo.domain.errors import ModelUnavailable, RecordingTooLong
from samo.domain.transcript import EngineUse, Transcript
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.gates import screen
from samo.inference.speech.heard import HeardSegment
from samo.inference.speech.whisper import WhisperTranscriber, whisper_transcriber
from tests.audio.clips import DEMO, SHORT
from tests.audio.encode import CODECS, encode, write_wav
from tests.fakes.object_store import MemoryStore
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING, store_with

SILENCE = np.zeros(6 * SAMPLE_RATE_HZ, np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A faster-whisper folder with random weights."""
    return random_whisper(tmp_path_factory.mktemp("whisper"))


@pytest.fixture(scope="module")
def whisper(folder: Path) -> WhisperTranscriber:
    """A transcriber with that model."""
    return a_transcriber(store_with({"whisper-random-1": folder}))


def a_transcriber(store: MemoryStore, *, max_duration_s: float = 120.0) -> WhisperTranscriber:
    """A transcriber with the store's models."""
    return whisper_transcriber(ModelStore([store]), threads=2, max_duration_s=max_duration_s)


def the_transcript(whisper: WhisperTranscriber, audio: Path, *, name: str = RECORDING.name) -> Transcript:
    """The transcript of the file, as the recording of this name."""
    return whisper.transcribe(audio, msgspec.structs.replace(RECORDING, name=name), created_at=CREATED_AT)


def voice(path: Path) -> Samples:
    """The sound of a recording."""
    return decode(path, max_duration_s=120.0).samples


SOUNDS: dict[str, Callable[[], Samples]] = {
    "a sentence": lambda: voice(SHORT.path),
    "half a minute": lambda: voice(DEMO.path),
    "speech between silences": lambda: np.concatenate([SILENCE, voice(SHORT.path), SILENCE, SILENCE, voice(DEMO.path)]),
    "more than one window": lambda: np.concatenate([voice(DEMO.path), SILENCE, voice(DEMO.path), voice(SHORT.path)]),
}


@pytest.mark.parametrize("sound", SOUNDS)
def test_words_and_times_are_those_of_plain_faster_whisper(
    sound: str, folder: Path, whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    """The store, the decoder, the VAD and our times change nothing of what the model says and the gates keep."""
    recording = write_wav(tmp_path / "recording.wav", SOUNDS[sound]())
    plain = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    segments, _ = plain.transcribe(
        voice(recording), vad_filter=True, word_timestamps=True, condition_on_previous_text=False
    )
    expected = list(_kept(segments, voice(recording)))

    transcript = the_transcript(whisper, recording)

    assert transcript.text == "".join(segment.text for segment in expected).strip()
    assert _plain_words(expected)
    assert [word.text for segment in transcript.segments for word in segment.words] == [
        word.word.strip() for word in _plain_words(expected)
    ]
    _assert_same_times(transcript, expected)


@pytest.mark.parametrize("suffix", CODECS)
def test_every_format_is_transcribed(suffix: str, whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """From the file to the transcript, for each format that people upload."""
    recording = encode(SHORT.path, tmp_path / f"recording{suffix}")

    transcript = the_transcript(whisper, recording)

    assert transcript.text
    assert transcript.audio is not None
    assert transcript.audio.speech_s == pytest.approx(3.0, abs=0.5)


@pytest.mark.parametrize("sound", SOUNDS)
def test_times_lie_inside_the_recording_and_in_order(sound: str, whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """The random model gives times of up to half a minute for three seconds of sound; the transcript does not."""
    recording = write_wav(tmp_path / "recording.wav", SOUNDS[sound]())

    transcript = the_transcript(whisper, recording)

    assert transcript.audio is not None
    spans = [(word.start_s, word.end_s) for segment in transcript.segments for word in segment.words]
    assert all(0.0 <= start_s <= end_s <= transcript.audio.duration_s for start_s, end_s in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert all(left.end_s <= right.start_s for left, right in pairwise(transcript.segments))


def test_the_transcript_says_which_model_made_it(whisper: WhisperTranscriber) -> None:
    """Engine, version, language and figures; an English-only model has no opinion about the language."""
    transcript = the_transcript(whisper, SHORT.path)

    assert transcript.made_by == EngineUse(engine="ctranslate2", version="whisper-random-1")
    assert (transcript.language, transcript.language_probability) == ("en", None)
    assert transcript.confidence is not None
    assert 0.0 < transcript.confidence <= 1.0
    assert transcript.words_per_minute is not None
    assert all(segment.mean_log_probability is not None for segment in transcript.segments)
    assert (transcript.recording, transcript.source, transcript.created_at) == (RECORDING, "speech", CREATED_AT)


def test_a_multilingual_model_finds_the_language(tmp_path: Path) -> None:
    """Language and its probability are those that plain faster-whisper finds in the speech."""
    folder = random_whisper(tmp_path / "multilingual", seed=27, multilingual=True)
    plain = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    _, expected = plain.transcribe(voice(SHORT.path), vad_filter=True)

    transcript = the_transcript(a_transcriber(store_with({"whisper-multilingual": folder})), SHORT.path)

    assert transcript.language == expected.language == "de"
    assert transcript.language_probability == expected.language_probability
    assert 0.0 < expected.language_probability < 1.0


def test_a_retry_says_the_same(whisper: WhisperTranscriber) -> None:
    """What is delivered twice is transcribed to the same document."""
    assert the_transcript(whisper, DEMO.path) == the_transcript(whisper, DEMO.path)


@pytest.mark.parametrize("loudness", [0.0, 0.001, 0.2])
def test_silence_and_noise_are_empty_and_need_no_model(loudness: float, tmp_path: Path) -> None:
    """No text is invented where nobody speaks; with nothing to transcribe, a missing model is no error."""
    noise = np.random.default_rng(0).normal(0, 1, 5 * SAMPLE_RATE_HZ).astype(np.float32) * loudness
    recording = write_wav(tmp_path / "recording.wav", noise)

    transcript = the_transcript(a_transcriber(MemoryStore()), recording)

    assert (transcript.text, transcript.empty_reason, transcript.segments) == ("", "no_speech", ())
    assert transcript.audio is not None
    assert transcript.audio.speech_s == 0.0


def test_a_damaged_recording_is_transcribed_with_a_warning(whisper: WhisperTranscriber, tmp_path: Path) -> None:
    """Three quarters of a recording are worth a transcript, and the reader is told."""
    whole = encode(DEMO.path, tmp_path / "whole.mp3").read_bytes()
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(whole[: len(whole) * 3 // 4])

    transcript = the_transcript(whisper, cut)

    assert transcript.warnings == ("audio_damaged",)
    assert transcript.text


def test_a_recording_beyond_the_limit_is_refused_before_a_model_is_asked() -> None:
    """Neither sound nor model is loaded for what will not be transcribed."""
    with pytest.raises(RecordingTooLong):
        the_transcript(a_transcriber(MemoryStore(), max_duration_s=1.0), SHORT.path)


def test_without_a_published_model_there_is_no_transcript() -> None:
    """Speech and no model: an error that asks for a retry, never an empty transcript."""
    with pytest.raises(ModelUnavailable, match="transcription"):
        the_transcript(a_transcriber(MemoryStore()), SHORT.path)


def test_the_name_of_the_recording_decides_which_version_transcribes_it(folder: Path, tmp_path: Path) -> None:
    """Two versions share the entries, and an entry meets the same one on every try."""
    other = random_whisper(tmp_path / "other", seed=17)
    whisper = a_transcriber(store_with({"whisper-a": folder, "whisper-b": other}))
    names = [f"ada/{number}.wav" for number in range(8)]

    versions = [_version(the_transcript(whisper, SHORT.path, name=name)) for name in names]

    assert {"whisper-a", "whisper-b"} == set(versions)
    assert [_version(the_transcript(whisper, SHORT.path, name=name)) for name in names] == versions


def test_nothing_is_fetched_from_the_hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From loading to the last word, no connection is opened."""

    def refuse(*_arguments: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    transcript = the_transcript(a_transcriber(store_with({"whisper-random-1": folder})), SHORT.path)

    assert transcript.text


def _version(transcript: Transcript) -> str | None:
    assert transcript.made_by is not None
    return transcript.made_by.version


def _kept(segments: Iterable[Any], samples: Samples) -> Iterator[Any]:
    """What the gates let pass of plain faster-whisper: of random words some are at impossible times."""
    plain = list(segments)
    heard = [
        HeardSegment(
            segment.text,
            segment.start,
            segment.end,
            (),
            segment.avg_logprob,
            segment.no_speech_prob,
            segment.compression_ratio,
        )
        for segment in plain
    ]
    kept = set(map(id, screen(heard, samples, offset_s=0.0).kept))
    return (segment for segment, same in zip(plain, heard, strict=True) if id(same) in kept)


def _plain_words(segments: list[Any]) -> list[Any]:
    return [word for segment in segments for word in segment.words]


def _assert_same_times(transcript: Transcript, expected: list[Any]) -> None:
    """Equal to the hundredth that faster-whisper rounds to, wherever its own times are in order."""
    assert transcript.audio is not None
    reached_s = 0.0
    for segment, plain in zip(transcript.segments, expected, strict=True):
        for word, given in zip(segment.words, plain.words, strict=True):
            if reached_s <= given.start <= given.end <= transcript.audio.duration_s:
                assert (word.start_s, word.end_s) == (round(float(given.start), 3), round(float(given.end), 3))
            assert word.probability == float(given.probability)
            reached_s = max(reached_s, word.end_s)
        if not plain.words:
            reached_s = max(reached_s, segment.end_s)
