"""Measures of order, against values by hand and against entries written out as often as they count."""

from __future__ import annotations

import numpy as np
import pytest

from samo.modelling.entries.ranking import average_precision, rank_correlation, roc_auc

ONCE = np.ones((1, 4), dtype=np.int64)
SCORES = np.array([0.6, 0.9, 0.7, 0.8])


def test_roc_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    """0.9 and 0.7 have the emotion: of four pairs only 0.7 below 0.8 is wrong."""
    present = np.array([False, True, True, False])

    assert roc_auc(SCORES, present, ONCE).tolist() == [0.75]
    assert roc_auc(-SCORES, present, ONCE).tolist() == [0.25]


def test_average_precision_is_the_mean_precision_where_an_entry_is_found() -> None:
    """Found at the first and the third place: precision 1 and 2/3."""
    present = np.array([False, True, True, False])

    assert average_precision(SCORES, present, ONCE).tolist() == [pytest.approx((1 + 2 / 3) / 2)]


def test_ties_count_half_and_are_passed_in_one_step() -> None:
    """Equal scores say nothing about the order, whatever the order of the rows."""
    scores, present = np.array([0.5, 0.5, 0.1, 0.1]), np.array([True, False, False, False])

    for rows in ([0, 1, 2, 3], [3, 1, 2, 0]):
        assert roc_auc(scores[rows], present[rows], ONCE).tolist() == [pytest.approx((0.5 + 1 + 1) / 3)]
        assert average_precision(scores[rows], present[rows], ONCE).tolist() == [0.5]


def test_a_weight_stands_for_as_many_entries() -> None:
    """Each resample has the figure of its entries written out; so do ties and entries that were not drawn."""
    draw = np.random.default_rng(5)
    scores, present = draw.integers(0, 6, 30) / 5, draw.random(30) < 0.4
    weights = draw.multinomial(30, np.full(30, 1 / 30), 20)

    for measure in (roc_auc, average_precision):
        together = measure(scores, present, weights)
        for row, found in zip(weights, together, strict=True):
            drawn = np.repeat(np.arange(30), row)
            [alone] = measure(scores[drawn], present[drawn], np.ones((1, 30), dtype=np.int64))
            assert pytest.approx(alone) == found


def test_scores_without_meaning_are_at_chance() -> None:
    """Half of the pairs, and the share of entries that have the emotion."""
    draw = np.random.default_rng(3)
    scores, present = draw.random(4000), np.arange(4000) % 5 == 0
    once = np.ones((1, 4000), dtype=np.int64)

    assert roc_auc(scores, present, once)[0] == pytest.approx(0.5, abs=0.03)
    assert average_precision(scores, present, once)[0] == pytest.approx(0.2, abs=0.03)


def test_a_resample_of_one_kind_of_entry_is_no_evidence() -> None:
    """Chance, not a failure: a bootstrap of few entries may draw it."""
    present = np.array([False, True, True, False])
    weights = np.array([[2, 0, 0, 2], [0, 2, 2, 0]])

    assert roc_auc(SCORES, present, weights).tolist() == [0.5, 0.5]
    assert average_precision(SCORES, present, weights).tolist() == [0.0, 1.0]
    assert roc_auc(SCORES[:0], present[:0], weights[:, :0]).tolist() == [0.5, 0.5]


def test_rank_correlation_by_hand() -> None:
    """Ties share their mean rank: 1.5, 1.5, 3 with 1, 2, 3."""
    assert rank_correlation([1, 5, 9], [30, 20, 10]) == pytest.approx(-1)
    assert rank_correlation([1, 5, 9], [2, 4, 400]) == pytest.approx(1)
    assert rank_correlation([1, 1, 2], [1, 2, 3]) == pytest.approx(1.5 / 3**0.5)
    assert rank_correlation([4, 4, 4], [1, 2, 3]) == 0.0
