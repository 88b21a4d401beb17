"""Thresholds: the best for one label, the best for all, and how little a rare label may bend its own."""

from __future__ import annotations

import numpy as np
import pytest

from samo.modelling.emotion.thresholds import best_global_threshold, expected_f1_thresholds, shrunk_thresholds

# Positives at 0.6 and above, negatives at 0.4 and below: every threshold from 0.41 to 0.60 is perfect.
SEPARABLE = np.array([[0.9], [0.6], [0.4], [0.1]])
SEPARABLE_TARGETS = np.array([[True], [True], [False], [False]])


def test_the_global_threshold_has_the_best_macro_f1_and_is_the_lowest_of_equals() -> None:
    """Every candidate in (0.40, 0.60] is perfect here."""
    assert best_global_threshold(SEPARABLE, SEPARABLE_TARGETS) == 0.41


def test_the_expected_threshold_is_half_the_best_expected_f1() -> None:
    """Deciding the row at 0.8 alone is worth 1.6 / 2.22, the one at 0.4 as well 2.4 / 3.22: the latter is better."""
    probabilities = np.array([[0.8], [0.4], [0.02], [0.0]])

    assert expected_f1_thresholds(probabilities).tolist() == pytest.approx([2.4 / 3.22 / 2.0])


def test_a_label_without_a_single_probability_gets_a_threshold_all_the_same() -> None:
    """No division by zero for a label that the model never considers, and no threshold of 0 that decides it always."""
    with np.errstate(all="raise"):
        thresholds = expected_f1_thresholds(np.zeros((3, 1)))

    assert thresholds.tolist() == [0.05]


def test_without_shrinkage_each_label_has_its_own_best_threshold() -> None:
    """The lowest of equally good ones."""
    assert shrunk_thresholds(SEPARABLE, SEPARABLE_TARGETS, shrinkage=0.0).tolist() == [0.41]


def test_shrinkage_takes_the_weight_from_a_label_by_its_positive_rows() -> None:
    """Two positive rows and a shrinkage of six: a quarter of the way from the expected threshold to the own one."""
    own, expected = 0.41, float(expected_f1_thresholds(SEPARABLE)[0])

    (threshold,) = shrunk_thresholds(SEPARABLE, SEPARABLE_TARGETS, shrinkage=6.0)

    assert threshold == pytest.approx(expected + (own - expected) * 2 / 8)


def test_a_label_without_examples_takes_the_expected_threshold() -> None:
    """Nothing was learnt about it on dev, with or without shrinkage."""
    nothing = np.zeros_like(SEPARABLE_TARGETS)

    for shrinkage in (0.0, 30.0):
        assert shrunk_thresholds(SEPARABLE, nothing, shrinkage).tolist() == expected_f1_thresholds(SEPARABLE).tolist()
