"""Each way from sentences to an entry, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.inference.emotion.entry_scores import in_strongest_sentences
from samo.modelling.entries.aggregations import AGGREGATIONS, PRODUCT, aggregated

ENTRY = [0.1, 0.9, 0.2, 0.0, 0.6, 0.0]


def scores_of(sentences: list[float]) -> dict[str, float]:
    """One column of sentences, by every aggregation."""
    found = aggregated([np.array(sentences)[:, np.newaxis]])
    return {name: float(each) for name, each in zip(AGGREGATIONS, found[:, 0, 0], strict=True)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("maximum", 0.9),
        ("strongest 2", 0.75),
        ("strongest 3", 1.7 / 3),
        ("strongest 10 %", 0.9),
        ("strongest 20 %", 0.75),
        ("strongest 20 %, to the nearest", 0.9),
        ("strongest 30 %", 0.75),
        ("strongest 50 %", 1.7 / 3),
        ("strongest √n", 0.75),
        ("mean", 0.3),
        ("linear softmax", (0.81 + 0.36 + 0.04 + 0.01) / 1.8),
        ("noisy-or", 1 - 0.1 * 0.4 * 0.8 * 0.9),
    ],
)
def test_an_entry_of_six_sentences(name: str, expected: float) -> None:
    """0.9, 0.6, 0.2 and 0.1 in any order, and two sentences with nothing."""
    assert scores_of(ENTRY)[name] == pytest.approx(expected)


def test_every_aggregation_has_been_worked_out() -> None:
    """None is compared that the test above does not know."""
    [cases] = [mark.args[1] for mark in test_an_entry_of_six_sentences.pytestmark]  # type: ignore[attr-defined]

    assert {name for name, _ in cases} == set(AGGREGATIONS)


@given(st.floats(0, 1))
def test_an_entry_of_one_sentence_is_as_its_sentence(probability: float) -> None:
    """Whatever the aggregation: they differ in how sentences are put together."""
    found = scores_of([probability])

    assert found == pytest.approx(dict.fromkeys(AGGREGATIONS, probability), abs=1e-12)


@given(st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=2), min_size=1, max_size=60))
def test_scores_are_probabilities_and_the_products_row_is_the_products(entry: list[list[float]]) -> None:
    """Column by column, in whatever order the sentences come."""
    rows = np.array(entry)

    found = aggregated([rows])[:, 0]

    assert found.shape == (len(AGGREGATIONS), 2)
    assert (found >= -1e-12).all()
    assert (found <= 1 + 1e-12).all()
    assert np.allclose(in_strongest_sentences(rows), found[list(AGGREGATIONS).index(PRODUCT)])
