"""Times: what is said after a silence is found where it is said, however long the silence is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import WhisperModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samo.domain.subtitles import cues_of
from samo.domain.transcript import Transcript, Word
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.gates import screen
from samo.inference.speech.heard import Heard, HeardSegment, HeardWord
from samo.inference.speech.pocketsphinx import PocketsphinxTranscriber
from samo.inference.speech.transcripts import transcript_of
from samo.inference.speech.voice_activity import speech_stretches
from samo.inference.speech.whisper import WhisperTranscriber, whisper_transcriber
from samo.ports import Transcriber
from tests.audio import sounds
from tests.audio.clips import DEMO, SHORT, Clip
from tests.audio.encode import write_wav
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING, store_with
from tests.unit.inference.speech.test_transcripts import DURATION_S, ENGINE, an_audio


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A faster-whisper folder with random weights: it babbles, the same on the same speech."""
    return random_whisper(tmp_path_factory.mktemp("whisper"))


@pytest.fixture(scope="module")
def whisper(folder: Path) -> WhisperTranscriber:
    """A transcriber with that model."""
    return whisper_transcriber(ModelStore([store_with({"whisper-1": folder})]), threads=2, max_duration_s=600)


def voice(path: Path) -> Samples:
    """The sound of a recording."""
    return decode(path, max_duration_s=60).samples


def the_transcript(engine: Transcriber, folder: Path, *parts: Samples) -> Transcript:
    """The transcript of these sounds one after another."""
    recording = write_wav(folder / "recording.wav", np.concatenate(parts))
    return engine.transcribe(recording, RECORDING, created_at=CREATED_AT)


def words_of(transcript: Transcript) -> list[Word]:
    """All of them, in order."""
    return [word for segment in transcript.segments for word in segment.words]


def assert_in_order(transcript: Transcript) -> None:
    """Inside the recording, monotone, apart: words, segments and cues alike."""
    assert transcript.audio is not None
    spans: Iterable[list[tuple[float, float]]] = (
        [(word.start_s, word.end_s) for word in words_of(transcript)],
        [(segment.start_s, segment.end_s) for segment in transcript.segments],
    )
    for times in spans:
        assert all(0 <= start_s <= end_s <= transcript.audio.duration_s for start_s, end_s in times)
        assert all(left[1] <= right[0] for left, right in pairwise(times))
    assert all(left.end_s <= right.start_s for left, right in pairwise(cues_of(transcript)))


@pytest.mark.parametrize("lead_s", [5.0, 60.0, 95.0])
@pytest.mark.parametrize("clip", [SHORT, DEMO], ids=["a sentence", "half a minute"])
def test_words_after_a_silence_are_later_by_exactly_the_silence(
    lead_s: float, clip: Clip, folder: Path, whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    """Each word lies where it does in the speech alone, plus what is ahead of the speech: to a hundredth of a second.

    What counts as ahead is the voice detector's to say. It has a memory, and after a minute of zeros it is up to 0.2 s
    later or earlier than after a few seconds.
    """
    recording = write_wav(
        tmp_path / "recording.wav", np.concatenate([sounds.silence(lead_s), voice(clip.path), sounds.silence(5)])
    )
    audio = decode(recording, max_duration_s=600)
    [speech] = speech_stretches(audio.samples)
    window, offset_s = audio.samples[speech.start : speech.end], speech.start / SAMPLE_RATE_HZ
    # The gates hold a segment against the sound of its window, here too: beside a minute of zeros everything is loud.
    said = screen([later(each, offset_s) for each in said_in(folder, window)], window, offset_s=offset_s)
    expected = transcript_of(
        Heard(said.kept, ENGINE),
        audio,
        RECORDING,
        speech_s=1.0,
        created_at=CREATED_AT,
    )

    transcript = whisper.transcribe(recording, RECORDING, created_at=CREATED_AT)

    assert speech.start / SAMPLE_RATE_HZ == pytest.approx(lead_s, abs=0.2)
    assert words_of(transcript)
    assert [word.text for word in words_of(transcript)] == [word.text for word in words_of(expected)]
    for found, wanted in zip(words_of(transcript), words_of(expected), strict=True):
        assert (found.start_s, found.end_s) == pytest.approx((wanted.start_s, wanted.end_s), abs=0.011)
    assert_in_order(transcript)


def said_in(folder: Path, samples: Samples) -> list[HeardSegment]:
    """What plain faster-whisper says of these samples, and when in them."""
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    segments, _ = model.transcribe(samples, word_timestamps=True, condition_on_previous_text=False)
    return [
        HeardSegment(
            each.text,
            each.start,
            each.end,
            [HeardWord(word.word, word.start, word.end, word.probability) for word in each.words or ()],
            each.avg_logprob,
            each.no_speech_prob,
            each.compression_ratio,
        )
        for each in segments
    ]


def later(segment: HeardSegment, by_s: float) -> HeardSegment:
    """The segment with all its times moved, in hundredths of a second as the engine counts."""
    return segment._replace(
        start_s=round(segment.start_s + by_s, 2),
        end_s=round(segment.end_s + by_s, 2),
        words=[
            word._replace(start_s=round(word.start_s + by_s, 2), end_s=round(word.end_s + by_s, 2))
            for word in segment.words
        ],
    )


def test_real_words_on_either_side_of_a_minute_of_silence(tmp_path: Path) -> None:
    """An engine that understands: the second sentence is the first one, so many seconds later."""
    stand_in = PocketsphinxTranscriber(max_duration_s=600)
    sentence = np.concatenate([sounds.silence(1), voice(SHORT.path), sounds.silence(1)])
    repeat_s = 60 + len(sentence) / 16_000

    transcript = the_transcript(stand_in, tmp_path, sentence, sounds.silence(60), sentence)

    words = words_of(transcript)
    first = [word for word in words if word.start_s < 30]
    second = words[len(first) :]
    assert len(first) >= 5
    assert [word.text for word in second] == [word.text for word in first]
    for later, earlier in zip(second, first, strict=True):
        assert later.start_s - earlier.start_s == pytest.approx(repeat_s, abs=0.15)
    assert_in_order(transcript)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses_s=st.lists(st.floats(0.0, 8.0), min_size=2, max_size=3))
def test_whatever_the_pauses_times_are_in_order(
    pauses_s: list[float], whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    """Real speech with silences of any length between it."""
    parts = [part for pause_s in pauses_s for part in (sounds.silence(pause_s), voice(SHORT.path))]

    transcript = the_transcript(whisper, tmp_path, *parts)

    assert_in_order(transcript)


times_s = st.floats(min_value=-5.0, max_value=40.0)


@st.composite
def heard_segments(draw: st.DrawFn) -> HeardSegment:
    """Any segment that an engine might give, with times in any order and out of all bounds."""
    texts = draw(st.lists(st.sampled_from([" yes", " no", " thank you", ",", " "]), max_size=4))
    words = [HeardWord(text, draw(times_s), draw(times_s), draw(st.none() | st.floats(0, 1))) for text in texts]
    return HeardSegment(
        "".join(texts), draw(times_s), draw(times_s), words, draw(st.none() | st.floats(-3, 0)), 0.1, 1.0
    )


@given(st.lists(heard_segments(), max_size=6))
def test_whatever_the_engine_says_the_transcript_holds(segments: list[HeardSegment]) -> None:
    """Through gates and placement: times in order, and an empty text exactly where there is a reason."""
    screened = screen(segments, sounds.white_noise(DURATION_S), offset_s=0.0)
    heard = Heard(segments=screened.kept, made_by=ENGINE, language="en", dropped=screened.dropped)

    transcript = transcript_of(heard, an_audio(), RECORDING, speech_s=6.0, created_at=CREATED_AT)

    assert_in_order(transcript)
    assert (transcript.text == "") == (transcript.empty_reason is not None)
    assert transcript.dropped == screened.dropped
