"""From what an engine heard to a transcript: times that hold whatever the engine says, and honest figures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.recording import RecordingRef
from samo.domain.transcript import EngineUse, Transcript
from samo.inference.speech.audio import SAMPLE_RATE_HZ, DecodedAudio
from samo.inference.speech.transcripts import NOTHING_HEARD, Heard, HeardSegment, HeardWord, transcript_of

RECORDING = RecordingRef(bucket="recordings", name="ada/monday.m4a", generation=1)
ENGINE = EngineUse(engine="ctranslate2", version="whisper-base-1")
DURATION_S = 10.0


def an_audio(*, damaged: bool = False) -> DecodedAudio:
    """Ten seconds of a recording."""
    samples = np.zeros(int(DURATION_S * SAMPLE_RATE_HZ), np.float32)
    return DecodedAudio(
        samples=samples, container_s=10.02, sample_rate_hz=44_100, channels=2, codec="aac", damaged=damaged
    )


def a_segment(*words: HeardWord, start_s: float = 0.0, end_s: float = 1.0) -> HeardSegment:
    """A segment of these words."""
    return HeardSegment("".join(word.text for word in words), start_s, end_s, words, -0.2, 0.01)


def a_transcript(*segments: HeardSegment, speech_s: float = 6.0) -> Transcript:
    """What becomes of these segments."""
    heard = Heard(segments=iter(segments), made_by=ENGINE, language="en", language_probability=0.98)
    return transcript_of(heard, an_audio(), RECORDING, speech_s=speech_s, created_at="2026-11-20T09:30:00.000Z")


def test_words_become_text_segments_and_figures() -> None:
    """The whole transcript of two short sentences."""
    transcript = a_transcript(
        a_segment(HeardWord(" I", 0.5, 0.7, 0.9), HeardWord(" slept.", 0.7, 1.2, 0.7)),
        a_segment(HeardWord(" At", 2.0, 2.2, 0.8), HeardWord(" last.", 2.2, 2.9, 0.6)),
    )

    assert transcript.text == "I slept. At last."
    assert [segment.text for segment in transcript.segments] == ["I slept.", "At last."]
    assert [(segment.start_s, segment.end_s) for segment in transcript.segments] == [(0.5, 1.2), (2.0, 2.9)]
    assert [word.text for word in transcript.segments[0].words] == ["I", "slept."]
    assert transcript.confidence == pytest.approx(0.75)
    assert transcript.words_per_minute == 40.0
    assert (transcript.language, transcript.language_probability) == ("en", 0.98)
    assert transcript.made_by == ENGINE
    assert transcript.empty_reason is None
    assert transcript.warnings == ()


def test_languages_without_blanks_get_none() -> None:
    """Blanks belong to the words, and Japanese words have none."""
    transcript = a_transcript(a_segment(HeardWord("今日は", 0, 1, 0.9), HeardWord("雨", 1, 2, 0.9)))

    assert transcript.text == "今日は雨"


def test_nothing_said_is_an_empty_transcript_with_the_reason() -> None:
    """Silence has no language, no confidence and no engine."""
    transcript = transcript_of(NOTHING_HEARD, an_audio(), RECORDING, speech_s=0.0, created_at="now")

    assert (transcript.text, transcript.empty_reason, transcript.segments) == ("", "no_speech", ())
    assert (transcript.language, transcript.confidence, transcript.words_per_minute) == (None, None, None)
    assert transcript.made_by is None


def test_segments_without_text_are_nothing_said() -> None:
    """An engine that heard speech and found no word in it is named; the language is a guess that is not repeated."""
    transcript = a_transcript(a_segment(HeardWord(" ", 1, 2, 0.1)))

    assert (transcript.text, transcript.empty_reason, transcript.segments) == ("", "no_speech", ())
    assert transcript.language is None
    assert transcript.made_by == ENGINE


def test_a_segment_without_words_keeps_its_text_and_times() -> None:
    """Words that could not be aligned with the sound are still said, and count for the speaking rate."""
    unaligned = HeardSegment(" so be it", 3.0, 4.0, (), -0.3, 0.0)

    transcript = a_transcript(unaligned)

    assert transcript.segments[0].text == "so be it"
    assert (transcript.segments[0].start_s, transcript.segments[0].end_s) == (3.0, 4.0)
    assert transcript.words_per_minute == 30.0
    assert transcript.confidence is None


def test_what_decoding_found_is_in_the_transcript() -> None:
    """The measures of the audio, and a warning when sound is missing."""
    damaged = transcript_of(NOTHING_HEARD, an_audio(damaged=True), RECORDING, speech_s=1.25, created_at="now")

    assert damaged.audio is not None
    assert (damaged.audio.duration_s, damaged.audio.container_s, damaged.audio.speech_s) == (10.0, 10.02, 1.25)
    assert (damaged.audio.sample_rate_hz, damaged.audio.channels, damaged.audio.codec) == (44_100, 2, "aac")
    assert damaged.warnings == ("audio_damaged",)


times_s = st.floats(min_value=-5.0, max_value=40.0)
words = st.builds(
    HeardWord, st.sampled_from([" yes", " no", ",", " ", ""]), times_s, times_s, st.none() | st.floats(0, 1)
)
segments = st.lists(words, max_size=4).flatmap(
    lambda found: st.builds(
        HeardSegment,
        st.just("".join(word.text for word in found)),
        times_s,
        times_s,
        st.just(found),
        st.none(),
        st.none(),
    )
)


@given(st.lists(segments, max_size=5))
def test_times_hold_whatever_the_engine_says(heard: list[HeardSegment]) -> None:
    """Every time lies inside the recording, and nothing begins before what is ahead of it has ended."""
    transcript = a_transcript(*heard)

    ends = [(segment.start_s, segment.end_s) for segment in transcript.segments]
    spoken = [(word.start_s, word.end_s) for segment in transcript.segments for word in segment.words]
    for spans in (ends, spoken):
        assert all(0.0 <= start_s <= end_s <= DURATION_S for start_s, end_s in spans)
        assert all(left[1] <= right[0] for left, right in pairwise(spans))
    for segment in transcript.segments:
        assert all(segment.start_s <= word.start_s <= word.end_s <= segment.end_s for word in segment.words)


@given(st.lists(segments, max_size=5))
def test_no_word_is_lost_or_added(heard: list[HeardSegment]) -> None:
    """The text of the transcript is that of the segments, and of their words."""
    transcript = a_transcript(*heard)

    said = [word.text.strip() for segment in heard for word in segment.words if word.text.strip()]
    assert [word.text for segment in transcript.segments for word in segment.words] == said
    assert transcript.text.replace(" ", "") == "".join(said)
    assert (transcript.text == "") == (transcript.empty_reason == "no_speech")
