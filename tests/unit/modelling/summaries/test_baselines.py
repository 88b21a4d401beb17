"""The baselines choose what their papers say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from samo.inference.summarizer.word_vectors import WordVectors
from samo.modelling.summaries.baselines import BASELINES, BaselineSummarizer, centroid_mmr, lead, text_rank
from tests.unit.given_documents import REF, WHEN, a_reading
from tests.unit.inference.summarizer.given_summaries import DAY, timed


def test_lead_takes_the_first_three() -> None:
    """Whatever they say."""
    assert list(lead(DAY)) == [0, 1, 2]


def test_text_rank_is_the_fixed_point_of_its_equation() -> None:
    """The rank solves WS = (1 - d) + d · Σ w / Σ w · WS with shared words by logarithms of lengths as weights."""
    words = [text.casefold().rstrip(".").replace(",", "").split() for text in DAY]
    weights = np.array(
        [
            [
                0.0 if one is other else len(set(one) & set(other)) / (math.log(len(one)) + math.log(len(other)))
                for other in words
            ]
            for one in words
        ]
    )
    steps = weights / weights.sum(axis=1, keepdims=True)
    rank = np.linalg.solve(np.eye(len(DAY)) - 0.85 * steps.T, np.full(len(DAY), 0.15))

    found = text_rank(DAY)

    assert np.argsort(-rank)[:3].tolist() == list(found)


def test_text_rank_leaves_out_what_is_linked_to_nothing() -> None:
    """A sentence that shares no word with the others, though it stands first."""
    texts = ["Penguins swim.", "I was sad at work.", "Work was long.", "At work I sat alone."]

    assert 0 not in text_rank(texts)


def test_the_centroid_likes_what_is_like_the_whole_and_unlike_what_is_chosen() -> None:
    """λ · cosine with the centroid − (1 − λ) · the highest cosine with one that is chosen, on the full matrix."""
    texts = [*DAY, DAY[1]]
    vectors = WordVectors(texts)
    cosines = np.array([vectors.similarities_to(number) for number in range(len(texts))])
    relevance = cosines.sum(axis=1) / cosines.sum() ** 0.5

    first, second, third = centroid_mmr(texts)

    assert np.argmax(relevance) == first
    assert np.argmax(0.7 * relevance - 0.3 * cosines[first]) == second
    assert np.argmax(0.7 * relevance - 0.3 * np.maximum(cosines[first], cosines[second])) == third
    assert {first, second, third} == {1, 3, 6}


@pytest.mark.parametrize("engine", BASELINES)
@pytest.mark.parametrize("texts", [["Tired."], ["Yes!", "?"], ["\x07", "…", "。", "!!"], ["so sad"] * 6])
def test_three_sentences_at_most_whatever_the_entry_is(engine: str, texts: list[str]) -> None:
    """Fewer where there are fewer; no number that is none on the way."""
    chosen = BASELINES[engine](texts)

    assert len(set(chosen)) == len(chosen) == min(3, len(texts))


def test_a_baseline_is_a_summarizer() -> None:
    """Its sentences in the entry's order with their times, its name in the result."""
    summary = BaselineSummarizer("backwards", lambda texts: [3, 1]).summarize(timed(DAY), a_reading(), created_at=WHEN)

    assert f"{DAY[1]} {DAY[3]}" == summary.text
    assert [(s.text, s.start_s) for s in summary.sentences] == [(DAY[1], 2.0), (DAY[3], 6.0)]
    assert summary.made_by is not None
    assert (summary.made_by.engine, summary.recording) == ("backwards", REF)
    assert summary.compression == 31 / 117


@pytest.mark.parametrize("engine", BASELINES)
def test_an_entry_without_sentences_has_an_empty_summary(engine: str) -> None:
    """As from every summarizer."""
    reading = a_reading(sentences=(), labels=(), empty_reason="blank_text")

    summary = BaselineSummarizer(engine, BASELINES[engine]).summarize((), reading, created_at=WHEN)

    assert (summary.text, summary.compression, summary.made_by) == ("", None, None)
    assert summary.empty_reason == "blank_text"
