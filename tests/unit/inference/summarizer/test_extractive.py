"""The extractive summary: a few sentences that carry the entry."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.emotion import LabelScore
from samo.domain.sentences import MAX_CHARACTERS, sentences_of
from samo.domain.summary import Summary
from samo.domain.transcript import EmptyReason
from samo.inference.summarizer.centrality import centrality
from samo.inference.summarizer.extractive import ENGINE, ExtractiveSummarizer
from samo.inference.summarizer.lengths import MAX_SENTENCES, word_budget
from samo.inference.summarizer.selection import select
from samo.inference.summarizer.word_vectors import WordVectors
from tests.unit.given_documents import REF, WHEN, a_reading, a_sentence_reading, a_transcript
from tests.unit.inference.summarizer.given_summaries import DAY, read, timed, written


def summarize(texts: Sequence[str]) -> Summary:
    """The summary of an entry of these sentences."""
    sentences = timed(texts)
    return ExtractiveSummarizer().summarize(sentences, read(sentences), created_at=WHEN)


def test_the_emotional_core_of_a_day() -> None:
    """What is felt and what the day was about, not what comes first; in order, each sentence with its time."""
    summary = summarize(DAY)

    assert [DAY[2], DAY[3], DAY[6]] == [sentence.text for sentence in summary.sentences]
    assert [(s.start_s, s.end_s) for s in summary.sentences] == [(4.0, 6.0), (6.0, 8.0), (12.0, 14.0)]
    assert " ".join([DAY[2], DAY[3], DAY[6]]) == summary.text
    assert (summary.method, summary.made_by, summary.empty_reason) == ("extractive", ENGINE, None)
    assert (summary.recording, summary.created_at) == (REF, WHEN)


def test_place_does_not_matter() -> None:
    """The same sentences backwards: the same three are chosen, apart from where valence turns."""
    forwards, backwards = summarize(DAY), summarize(DAY[::-1])

    assert {s.text for s in forwards.sentences} == {s.text for s in backwards.sentences}


@pytest.mark.parametrize("texts", [["Tired."], ["Long day with Ben.", "I was so happy!"]])
def test_one_or_two_sentences_are_their_own_summary(texts: list[str]) -> None:
    """Nothing is invented to fill a length, nothing is taken away."""
    summary = summarize(texts)

    assert " ".join(texts) == summary.text
    assert summary.compression == 1.0


@pytest.mark.parametrize("reason", ["no_speech", "blank_text"])
def test_an_entry_without_text_has_an_empty_summary(reason: EmptyReason) -> None:
    """It says why, and no engine made it."""
    reading = a_reading(sentences=(), labels=(), empty_reason=reason)

    summary = ExtractiveSummarizer().summarize((), reading, created_at=WHEN)

    assert (
        summary.text, summary.sentences, summary.key_emotions, summary.compression, summary.made_by,
    ) == ("", (), (), None, None)  # fmt: skip
    assert reason == summary.empty_reason


def test_the_length_of_the_entry_decides_how_many_words() -> None:
    """More of longer entries, by far not in proportion; half of it for a short summary and twice for a long one."""
    medium = {words: round(word_budget(words, "medium")) for words in (25, 131, 400, 2500)}

    assert medium == {25: 35, 131: 57, 400: 80, 2500: 138}
    assert (round(word_budget(400, "short")), round(word_budget(400, "long"))) == (40, 159)


@pytest.mark.parametrize(
    ("budget", "chosen"),
    [(1, [1]), (24, [1]), (25, [1, 3]), (35, [1, 3]), (36, [0, 1, 3]), (1000, [0, 1, 3])],
)
def test_sentences_are_taken_while_they_bring_the_summary_nearer_to_its_length(budget: int, chosen: list[int]) -> None:
    """The most salient one always; then as many as the budget is nearest to, three at most."""
    vectors = WordVectors(["one", "two", "three", "four"])

    found = select(np.array([0.5, 0.9, 0.1, 0.7]), vectors, [11, 20, 10, 10], budget=budget, most=3)

    assert chosen == found


def test_a_repeated_sentence_is_said_once() -> None:
    """Whether it fills the whole entry or only half of it, in whatever case it is written."""
    mantra = "I was so sad about the project in the office today."

    only, half = summarize([mantra, mantra.upper()] * 5), summarize([mantra, *DAY, mantra, mantra])

    assert mantra == only.text
    assert sum(sentence.text == mantra for sentence in half.sentences) == 1


def test_words_left_out_between_unpunctuated_sentences_are_marked() -> None:
    """Raw speech: sentences that followed each other run on, between others stands an ellipsis."""
    summary = summarize([text.rstrip(".").lower() for text in DAY])

    chosen = [DAY[n].rstrip(".").lower() for n in (2, 3, 6)]
    assert f"{chosen[0]} {chosen[1]} … {chosen[2]}" == summary.text


def test_compression_counts_words() -> None:
    """The words of the summary by those of the entry."""
    summary = summarize(DAY)

    assert round(len(summary.text.split()) / len(" ".join(DAY).split()), 4) == summary.compression


def test_key_emotions_come_with_the_sentence_that_shows_them_best() -> None:
    """At most three, most probable first; neutral is none, nor is one that no sentence shows."""
    probable = ("joy", 0.8), ("neutral", 0.7), ("grief", 0.6), ("fear", 0.5), ("pride", 0.4), ("love", 0.4)
    reading = a_reading(
        labels=tuple(LabelScore(label=label, probability=probability) for label, probability in probable),
        sentences=(
            a_sentence_reading("Nice.", label=("joy", 0.5)),
            a_sentence_reading("What a day!", label=("joy", 0.9)),
            a_sentence_reading("It is not safe.", label=("fear", 0.6)),
            a_sentence_reading("I did it.", label=("pride", 0.6)),
            a_sentence_reading("For you.", label=("love", 0.6)),
        ),
    )
    sentences = timed([sentence.text for sentence in reading.sentences])

    summary = ExtractiveSummarizer().summarize(sentences, reading, created_at=WHEN)

    assert [(key.label, key.probability, key.evidence) for key in summary.key_emotions] == [
        ("joy", 0.8, "What a day!"),
        ("fear", 0.5, "It is not safe."),
        ("pride", 0.4, "I did it."),
    ]


def test_nothing_that_turns_the_direction_of_text_round_is_in_a_summary() -> None:
    """Overrides and isolates would spoil whatever stands after the summary; Arabic and Hebrew need none."""
    hidden = "I was so \u202esad\u202c about \u2066the project\u2069 \u202aand the office\u202d."

    summary = summarize([sentence.text for sentence in written("\n".join([hidden, *DAY, "היום הייתי עצוב."]))])

    everything = summary.text + "".join(key.evidence for key in summary.key_emotions)
    assert "sad" in everything
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(everything)


@pytest.mark.parametrize("text", ["word " * 3000, "x" * 1_000_000, "天气" * 5000, "😭 " * 3000, "\x07? " * 3000])
def test_an_entry_of_one_endless_sentence_has_a_bounded_summary(text: str) -> None:
    """No border anywhere: still an excerpt of whole words, of any script, never an exception."""
    sentences = sentences_of(a_transcript(source="text", text=text, segments=()))

    summary = ExtractiveSummarizer().summarize(sentences, read(sentences), created_at=WHEN)

    assert 1 <= len(summary.sentences) <= MAX_SENTENCES["medium"]
    assert len(summary.text) <= MAX_SENTENCES["medium"] * (MAX_CHARACTERS + len(" … "))
    assert {word.text for word in summary.sentences} <= {sentence.text for sentence in sentences}


@given(st.lists(st.text(min_size=1, max_size=60), max_size=40))
def test_any_text_gives_sentences_of_its_own(lines: list[str]) -> None:
    """Whatever people write: one to five of their sentences, or the whole of a note, in their order."""
    sentences = sentences_of(a_transcript(source="text", text="\n".join(lines), segments=()))

    summary = ExtractiveSummarizer().summarize(sentences, read(sentences), created_at=WHEN)

    remaining = iter(sentence.text for sentence in sentences)
    assert all(chosen.text in remaining for chosen in summary.sentences)
    assert bool(sentences) <= len(summary.sentences)
    assert len(summary.sentences) <= MAX_SENTENCES["medium"] or len(summary.sentences) == len(sentences)


def test_a_transcript_of_4500_words_takes_less_than_a_second() -> None:
    """Half an hour of speech, beyond its emotion readings."""
    sentences = timed([f"{text} {n}" for n, text in enumerate(DAY * 45)])
    reading = read(sentences)
    started_s = time.perf_counter()

    ExtractiveSummarizer().summarize(sentences, reading, created_at=WHEN)

    assert sum(len(sentence.text.split()) for sentence in sentences) > 4500
    assert time.perf_counter() - started_s < 1


def test_centrality_is_lexrank_on_the_matrix_of_cosines() -> None:
    """The matrix-free walk ends where the walk on the full matrix does, and cosines are cosines."""
    vectors = WordVectors(DAY)
    cosines = np.array([vectors.similarities_to(n) for n in range(len(DAY))])
    steps = 0.15 / len(DAY) + 0.85 * cosines / cosines.sum(axis=1, keepdims=True)
    eigenvalues, eigenvectors = np.linalg.eig(steps.T)
    expected = np.abs(np.real(eigenvectors[:, np.argmax(np.real(eigenvalues))]))

    found = centrality(vectors)

    assert np.allclose(np.diag(cosines), 1)
    assert np.allclose(cosines, cosines.T)
    assert np.allclose(expected / expected.max(), found, atol=1e-4)
