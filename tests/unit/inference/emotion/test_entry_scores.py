"""From sentences to an entry: whose mean an emotion's score is."""

from __future__ import annotations

import numpy as np
import pytest

from samo.domain.taxonomy import LABELS
from samo.inference.emotion.entry_scores import in_strongest_sentences, label_scores


@pytest.mark.parametrize(("sentences", "counted"), [(1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3), (100, 20)])
def test_a_fifth_of_the_sentences_counts_rounded_up(sentences: int, counted: int) -> None:
    """Up to five sentences one decides; from six on a single one no longer does."""
    rows = np.arange(sentences, dtype=np.float64)[:, np.newaxis]

    assert in_strongest_sentences(rows).tolist() == [pytest.approx(np.arange(sentences)[-counted:].mean())]


def test_each_column_has_its_own_strongest_sentences() -> None:
    """Joy may be said at the beginning and grief at the end."""
    rows = np.array([[0.9, 0.0], [0.7, 0.1], [0.0, 0.3], [0.0, 0.3], [0.0, 0.5], [0.0, 0.7]])

    assert in_strongest_sentences(rows).tolist() == [pytest.approx(0.8), pytest.approx(0.6)]


def test_of_neutral_all_sentences_count() -> None:
    """It is no emotion that shows in some of them."""
    rows = np.tile(np.array([[0.9], [0.1], [0.2]]), (1, len(LABELS)))

    scores = label_scores(rows)

    assert scores[LABELS.index("neutral")] == pytest.approx(0.4)
    assert scores[LABELS.index("joy")] == pytest.approx(0.9)
