"""Emotion coverage and redundancy, by hand."""

from __future__ import annotations

import math

import pytest

from samo.domain.emotion import EmotionReading, LabelScore
from samo.modelling.summaries.measures import coverage, redundancy
from tests.unit.given_documents import a_reading


def felt(*labels: str) -> EmotionReading:
    """A reading of an entry or a summary in which these labels are present."""
    return a_reading(labels=tuple(LabelScore(label=label, probability=0.5) for label in labels))


@pytest.mark.parametrize(
    ("entry", "summary", "share"),
    [
        (("sadness", "anger"), ("sadness", "anger"), 1.0),
        (("sadness", "anger", "fear"), ("fear",), 1 / 3),
        (("sadness",), (), 0.0),
        (("sadness", "neutral"), ("neutral", "joy"), 0.0),
    ],
)
def test_coverage_is_the_share_of_the_entrys_emotions_that_the_summary_shows(
    entry: tuple[str, ...], summary: tuple[str, ...], share: float
) -> None:
    """What the summary shows beyond the entry adds nothing; neutral is no emotion."""
    assert share == coverage(felt(*entry), felt(*summary))


@pytest.mark.parametrize("entry", [(), ("neutral",)])
def test_an_entry_without_emotions_has_no_coverage(entry: tuple[str, ...]) -> None:
    """Neither 0 nor 1 would say anything."""
    assert coverage(felt(*entry), felt("joy")) is None


@pytest.mark.parametrize(
    ("sentences", "share"),
    [
        ([], 0.0),
        (["A day like any other."], 0.0),
        (["Rain fell.", "Nobody came."], 0.0),
        (["A sad day.", "A SAD day!"], 1.0),
        # "sad" weighs 1, a word that only one of them has log 2 + 1.
        (["sad day", "sad night"], 1 / (1 + (math.log(2) + 1) ** 2)),
        # Two say the same, the third is alone.
        (["sad day", "sad day", "ben came"], 2 / 3),
    ],
)
def test_redundancy_is_how_near_each_sentence_is_to_its_nearest(sentences: list[str], share: float) -> None:
    """The mean of the highest cosines."""
    assert pytest.approx(share) == redundancy(sentences)
