"""Subtitles: what is said, when it is said, in lines that can be read."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samo.domain.subtitles import (
    GAP_S,
    LEAST_S,
    LINE_CHARACTERS,
    MOST_S,
    READING_CHARACTERS_PER_S,
    Cue,
    cues_of,
    srt,
    vtt,
)
from samo.domain.transcript import Segment, Transcript, Word
from tests.unit.given_documents import a_transcript

LONG = "When I came home the letter lay on the table and I did not dare to open it until it was dark"

VTT_TIMES = re.compile(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}")


def said(*words: tuple[str, float, float], text: str | None = None) -> Segment:
    """A segment of these words."""
    return Segment(
        text=" ".join(word for word, *_ in words) if text is None else text,
        start_s=words[0][1],
        end_s=words[-1][2],
        words=tuple(Word(text=word, start_s=start, end_s=end, probability=None) for word, start, end in words),
        mean_log_probability=None,
        no_speech_probability=None,
    )


def evenly(text: str, *, start_s: float = 0.0, word_s: float = 0.4) -> Segment:
    """A segment whose words are spoken one every `word_s`."""
    return said(
        *(
            (word, start_s + number * word_s, start_s + (number + 1) * word_s)
            for number, word in enumerate(text.split())
        )
    )


def cues(*segments: Segment) -> tuple[Cue, ...]:
    """The cues of a transcript of these segments."""
    return cues_of(a_transcript(segments=segments))


def test_each_sentence_is_a_cue_at_its_time() -> None:
    """As SubRip and as WebVTT, to the letter."""
    found = cues_of(a_transcript())

    assert srt(found) == (
        "1\r\n00:00:00,000 --> 00:00:03,200\r\nI missed the train and felt so sad.\r\n\r\n"
        "2\r\n00:00:04,000 --> 00:00:05,100\r\nThen Ben called.\r\n\r\n"
        "3\r\n00:00:05,600 --> 00:00:08,400\r\nWe laughed until I was happy again.\r\n\r\n"
    )
    assert vtt(found) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:03.200\nI missed the train and felt so sad.\n"
        "\n00:00:04.000 --> 00:00:05.100\nThen Ben called.\n"
        "\n00:00:05.600 --> 00:00:08.400\nWe laughed until I was happy again.\n"
    )


@pytest.mark.parametrize(
    "empty", [{"segments": (), "text": "", "empty_reason": "no_speech"}, {"source": "text", "segments": ()}]
)
def test_without_speech_the_files_are_valid_and_empty(empty: dict[str, object]) -> None:
    """No bytes for SubRip, the header for WebVTT."""
    found = cues_of(a_transcript(**empty))

    assert (srt(found), vtt(found)) == ("", "WEBVTT\n")


def test_a_long_sentence_becomes_two_lines_of_about_the_same_length() -> None:
    """Then another cue."""
    [first, second] = cues(evenly(LONG, word_s=0.25))

    assert first.lines == ("When I came home the letter lay on the", "table and I did not dare to open it until")
    assert second.lines == ("it was dark",)


def test_a_pause_ends_a_cue() -> None:
    """What is said after it does not stand there before."""
    [first, second] = cues(said(("I", 0, 0.3), ("waited", 0.3, 1.0), ("and", 4.0, 4.3), ("went", 4.3, 5.0)))

    assert (first.lines, second.lines) == (("I waited",), ("and went",))
    assert second.start_s == 4.0


def test_a_short_word_stays_long_enough_to_be_read() -> None:
    """At least 5/6 of a second, where nothing follows at once."""
    [yes, rest] = cues(said(("Yes.", 1.0, 1.2)), evenly("I was there all day.", start_s=9.0))

    assert yes == Cue(1.0, round(1.0 + LEAST_S, 3), ("Yes.",))
    assert rest.start_s == 9.0


def test_hurried_words_stay_until_they_are_read() -> None:
    """Seventeen characters a second, if the pause after them is long enough."""
    [cue] = cues(evenly("It all went by so very quickly that day", word_s=0.1))

    assert cue.end_s - cue.start_s == pytest.approx(sum(map(len, cue.lines)) / READING_CHARACTERS_PER_S, abs=0.001)


def test_a_cue_ends_two_frames_before_the_next() -> None:
    """Two cues without a gap look like one."""
    [first, second] = cues(evenly("I was there all day."), evenly("You were not.", start_s=2.0))

    assert second.start_s - first.end_s == pytest.approx(GAP_S, abs=0.001)


def test_languages_without_blanks_get_none() -> None:
    """The words are joined as the segment has them."""
    [cue] = cues(said(("今日は", 0, 1), ("雨", 1, 2), ("です。", 2, 3), text="今日は雨です。"))

    assert cue.lines == ("今日は雨です。",)


def test_a_segment_without_words_is_shown_at_its_time() -> None:
    """Its words are shared out over it."""
    unaligned = Segment(
        text="so be it", start_s=3.0, end_s=4.5, words=(), mean_log_probability=None, no_speech_probability=None
    )

    assert cues(unaligned) == (Cue(3.0, 4.5, ("so be it",)),)


def test_marks_of_the_formats_cannot_be_forged() -> None:
    """Neither tags nor times nor a line of its own come out of what was said."""
    [cue] = cues(said(("<b>&amp;</b>", 0, 1), ("-->", 1, 2), ("a\n\nb\x00", 2, 3)))

    assert vtt((cue,)).splitlines()[3] == "&lt;b&gt;&amp;amp;&lt;/b&gt; --&gt; a b"
    assert srt((cue,)).splitlines()[2] == "<b>&amp;</b> → a b"


def test_hours_are_written_out() -> None:
    """Past a day, too."""
    assert "01:01:01,500 --> 25:00:00,000" in srt((Cue(3661.5, 90_000.0, ("x",)),))


words = st.tuples(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50).filter(str.strip),
    st.floats(0, 5),
    st.floats(0, 3),
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Words one after another with pauses between them, some of no length, in any letters."""
    segments, time_s = [], 0.0
    for group in draw(st.lists(st.lists(words, min_size=1, max_size=8), max_size=3)):
        placed = []
        for text, pause_s, length_s in group:
            start_s = time_s + (pause_s if pause_s > 3 else 0)
            time_s = start_s + length_s
            placed.append((text.strip(), start_s, time_s))
        segments.append(said(*placed))
    return a_transcript(segments=tuple(segments))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(transcripts())
def test_the_rules_hold_whatever_is_said(transcript: Transcript) -> None:
    """Two lines of 42 characters, in order, apart, never before their words, never for nothing."""
    found = cues_of(transcript)

    for cue in found:
        assert 1 <= len(cue.lines) <= 2
        assert all(len(line) <= LINE_CHARACTERS for line in cue.lines)
        assert cue.end_s > cue.start_s
    assert all(left.end_s <= right.start_s for left, right in pairwise(found))
    spoken_s = [word.start_s for segment in transcript.segments for word in segment.words]
    assert all(cue.start_s >= min(spoken_s) - 0.001 for cue in found)
    longest_s = max((word.end_s - word.start_s for segment in transcript.segments for word in segment.words), default=0)
    assert all(cue.end_s - cue.start_s <= max(MOST_S, longest_s) + 0.001 for cue in found)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(transcripts())
def test_no_letter_is_lost(transcript: Transcript) -> None:
    """Blanks and control characters aside."""

    def letters(text: str) -> str:
        return "".join(character for character in text if character.isprintable() and not character.isspace())

    shown = "".join(line for cue in cues_of(transcript) for line in cue.lines)
    assert letters(shown) == letters("".join(word.text for segment in transcript.segments for word in segment.words))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(transcripts())
def test_the_files_hold_as_many_cues_as_there_are(transcript: Transcript) -> None:
    """Nothing that was said makes a cue of its own, or breaks one."""
    found = cues_of(transcript)

    blocks = [block for block in vtt(found).split("\n\n")[1:] if block.strip()]
    assert len(blocks) == len(found)
    assert all(VTT_TIMES.match(block) for block in blocks)
    assert srt(found).count(" --> ") == len(found)
