"""Sentences of written entries and of speech."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.sentences import MAX_CHARACTERS, MAX_WORDS, MAX_WORDS_RAW, sentences_of
from samo.domain.transcript import Segment, Transcript, Word
from tests.unit.given_documents import a_transcript


def written(text: str) -> Transcript:
    """A written entry."""
    return a_transcript(source="text", text=text, segments=(), audio=None)


def spoken(*segments: Sequence[tuple[str, float, float]], joint: str = " ") -> Transcript:
    """Speech in segments of (word, start, end)."""
    made = tuple(
        Segment(
            text=joint.join(text for text, _, _ in words),
            start_s=words[0][1],
            end_s=words[-1][2],
            words=tuple(Word(text=text, start_s=start, end_s=end, probability=None) for text, start, end in words),
            mean_log_probability=None,
            no_speech_probability=None,
        )
        for words in segments
    )
    return a_transcript(text=" ".join(segment.text for segment in made), segments=made)


def evenly(text: str, *, start_s: float = 0.0, pause_s: float = 0.0) -> list[tuple[str, float, float]]:
    """The words of the text, 0.3 s each, with the same pause between any two."""
    step_s = 0.3 + pause_s
    return [(word, start_s + n * step_s, start_s + n * step_s + 0.3) for n, word in enumerate(text.split())]


def texts(transcript: Transcript) -> list[str]:
    """The sentences without their times."""
    return [sentence.text for sentence in sentences_of(transcript)]


def visible(text: str) -> str:
    """The characters that somebody wrote: no white space, no control characters, no zero-width spaces."""
    return "".join(
        character
        for character in text
        if not character.isspace() and unicodedata.category(character) != "Cc" and character not in "\u200b\u2060\ufeff"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I slept. Then I woke up! Why? No idea.", ["I slept.", "Then I woke up!", "Why?", "No idea."]),
        ("I saw Dr. Lee at 5 p.m. today. He was kind.", ["I saw Dr. Lee at 5 p.m. today.", "He was kind."]),
        ("We left at 5 p.m. Then it rained.", ["We left at 5 p.m.", "Then it rained."]),
        ("J. K. Rowling wrote it. So did I. Really.", ["J. K. Rowling wrote it.", "So did I.", "Really."]),
        ("It cost 3.50 in total. Not bad, e.g. for me.", ["It cost 3.50 in total.", "Not bad, e.g. for me."]),
        ("I don't know... maybe. I left… Then I cried.", ["I don't know... maybe.", "I left…", "Then I cried."]),
        ('"Really?" she asked. "Yes." Then we laughed.', ['"Really?" she asked.', '"Yes."', "Then we laughed."]),
        ("It was fine (sort of.) in the end. Ok.", ["It was fine (sort of.) in the end.", "Ok."]),
        ("i went home. then i slept", ["i went home.", "then i slept"]),
        ("We did it! 🎉 Now I rest. :) Good night", ["We did it! 🎉", "Now I rest. :)", "Good night"]),
        ("I love this 😊 Tomorrow we go on", ["I love this 😊", "Tomorrow we go on"]),
        ("I ❤️ Paris in spring.", ["I ❤️ Paris in spring."]),
        ("no punctuation at all just words", ["no punctuation at all just words"]),
        ("今天我很高兴。明天也会好吗？是的！", ["今天我很高兴。", "明天也会好吗？", "是的！"]),
    ],
)
def test_written_text_is_cut_where_a_reader_would_cut_it(text: str, expected: list[str]) -> None:
    """Abbreviations, initials, decimals, ellipses, quotes, emoji and other scripts."""
    found = texts(written(text))

    assert expected == found


def test_lines_are_borders() -> None:
    """Headings, list items and paragraphs end without punctuation; a line of emoji belongs to what stands before."""
    text = "Monday\n\nWoke up late\n- bread, milk etc. and tea\n1. Call mum\n2. Sleep\n😭😭\r\nThe end"

    found = texts(written(text))

    expected = ["Monday", "Woke up late", "- bread, milk etc. and tea", "1. Call mum", "2. Sleep 😭😭", "The end"]
    assert expected == found


def test_lines_broken_by_an_editor_are_joined() -> None:
    """A text wrapped at a fixed width has borders at its punctuation and its blank lines only."""
    text = (
        "Woke up and felt quite awful about the day that was ahead of\n"
        "me, and about the thing that I still had to tell my mother. I\n"
        "told her, and she was kind.\n"
        "\n"
        "She hugged me."
    )

    found = texts(written(text))

    assert [len(line) for line in text.splitlines()[:2]] == [60, 61]
    assert found[-1:] == ["She hugged me."]
    assert len(found) == 3


def test_written_run_on_is_cut_at_a_clause() -> None:
    """A sentence of more than 50 words is cut where the writer left a comma, not in the middle of a phrase."""
    text = " ".join(["word"] * 40 + ["tired,"] + ["and"] + ["word"] * 30)

    found = texts(written(text))

    assert [sentence.split()[-1] for sentence in found] == ["tired,", "word"]
    assert found[1].startswith("and ")


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff\u200b", "\x00\x07"])
def test_nothing_visible_is_no_sentence(text: str) -> None:
    """White space, byte order marks and control characters alone."""
    found = sentences_of(written(text))

    assert found == ()


@given(st.text(max_size=300))
def test_every_written_character_is_in_one_sentence_in_order(text: str) -> None:
    """Any text: nothing is lost, doubled, moved or made up, and no sentence is empty."""
    found = texts(written(text))

    assert visible(text) == "".join(visible(sentence) for sentence in found)
    assert all(visible(sentence) for sentence in found)


@pytest.mark.parametrize("text", ["😭 " * 3000, "天气" * 5000, "I am sad ... " * 2000, "x" * 20_000, "word " * 3000])
def test_no_written_sentence_grows_with_a_text_that_has_no_borders(text: str) -> None:
    """Emoji, a script without spaces, dots, one endless word: a sentence stays one that a person can read."""
    found = texts(written(text))

    assert max(len(sentence) for sentence in found) <= MAX_CHARACTERS


@given(st.lists(st.from_regex(r"[a-z]{1,6}[,.]?", fullmatch=True), max_size=400))
def test_written_words_stay_whole_and_sentences_bounded(words: list[str]) -> None:
    """Splitting the sentences into words gives the words of the text; none has more than 50."""
    found = [sentence.split() for sentence in texts(written(" ".join(words)))]

    assert words == [word for sentence in found for word in sentence]
    assert all(len(sentence) <= MAX_WORDS for sentence in found)


@pytest.mark.parametrize(
    "text",
    ["I was sad. " * 90_000, "word " * 200_000, "- " * 500_000, "x" * 1_000_000, "。" * 300_000, ".\n" * 500_000],
)
def test_a_megabyte_takes_seconds(text: str) -> None:
    """Whatever the megabyte consists of, time is linear and each sentence bounded."""
    started_s = time.perf_counter()

    found = sentences_of(written(text))

    assert time.perf_counter() - started_s < 20
    assert max(len(sentence.text) for sentence in found) < 110_000


def test_punctuated_speech_keeps_its_sentences_through_hesitation() -> None:
    """A pause of seconds within a sentence is no border; segments that end in the middle of one are none either."""
    first, second = evenly("I was so"), evenly("tired. Then Ben called.", start_s=4.0)

    found = sentences_of(spoken(first, second))

    assert [sentence.text for sentence in found] == ["I was so tired.", "Then Ben called."]
    assert [(sentence.start_s, round(sentence.end_s or 0, 1)) for sentence in found] == [(0.0, 4.3), (4.3, 5.2)]


def test_raw_speech_is_cut_at_pauses() -> None:
    """Without punctuation a silence of 0.7 s is a border, a shorter one is not."""
    before, hesitation, after = (
        evenly("i was tired"),
        evenly("so i went home", start_s=1.3),
        evenly("then ben", start_s=3.4),
    )

    found = texts(spoken([*before, *hesitation, *after]))

    assert found == ["i was tired so i went home", "then ben"]


def test_raw_speech_without_long_pauses_is_cut_at_the_longest() -> None:
    """Thirty seconds without a break: at most 28 words a sentence, the cut where the speaker took a breath."""
    words = evenly(" ".join(f"w{n}" for n in range(20))) + evenly(" ".join(f"v{n}" for n in range(20)), start_s=6.4)

    found = texts(spoken(words))

    assert [sentence.split()[-1] for sentence in found] == ["w19", "v19"]


def test_segment_without_words_shares_its_time_among_them() -> None:
    """An engine that gives no word times: sentences inside a segment are placed by their share of its words."""
    segment = Segment(
        text="I slept well. Then Ben called.",
        start_s=10.0,
        end_s=16.0,
        words=(),
        mean_log_probability=None,
        no_speech_probability=None,
    )

    found = sentences_of(a_transcript(segments=(segment,)))

    assert [(sentence.text, sentence.start_s, sentence.end_s) for sentence in found] == [
        ("I slept well.", 10.0, 13.0),
        ("Then Ben called.", 13.0, 16.0),
    ]


def test_speech_in_a_script_without_spaces_stays_without() -> None:
    """Words are joined as the segment joins them; a segment of one word keeps its distance."""
    chinese = spoken([("今天", 0.0, 0.5), ("很好。", 0.5, 1.0)], joint="")
    english = spoken(evenly("I said"), evenly("okay.", start_s=0.7))

    found = texts(chinese) + texts(english)

    assert found == ["今天很好。", "I said okay."]


@given(
    st.lists(
        st.tuples(st.from_regex(r"[A-Za-z]{1,5}[.,?]?", fullmatch=True), st.floats(0, 100), st.floats(0, 100)),
        min_size=1,
        max_size=200,
    ),
    st.integers(1, 7),
)
def test_every_spoken_word_is_in_one_sentence_and_time_never_runs_back(
    words: list[tuple[str, float, float]], segment_count: int
) -> None:
    """Any words with any times, even those that run backwards: order kept, nothing lost, times monotone."""
    size = -(-len(words) // segment_count)

    found = sentences_of(spoken(*(words[start : start + size] for start in range(0, len(words), size))))

    assert [word for word, _, _ in words] == " ".join(sentence.text for sentence in found).split()
    starts = [sentence.start_s or 0.0 for sentence in found]
    ends = [sentence.end_s or 0.0 for sentence in found]
    assert sorted(starts) == starts
    assert sorted(ends) == ends
    assert all(start <= end for start, end in zip(starts, ends, strict=True))


def test_speech_of_3000_words_without_a_pause_is_bounded() -> None:
    """The engine gave neither punctuation nor pauses: pieces of 14 to 28 words."""
    words = evenly(" ".join(f"w{n}" for n in range(3000)))

    lengths = [len(sentence.split()) for sentence in texts(spoken(words))]

    assert sum(lengths) == 3000
    assert max(lengths) <= MAX_WORDS_RAW
