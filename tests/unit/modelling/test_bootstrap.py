"""Intervals: the same on every run, as wide as sampling theory says, and narrower for pairs."""

from __future__ import annotations

import numpy as np
import pytest

from samo.modelling.bootstrap import RESAMPLES, draws, mean_interval


def test_a_resample_draws_as_many_rows_as_there_are_and_the_same_on_every_run() -> None:
    """So figures can be compared between runs and machines."""
    drawn = draws(20)

    assert drawn.shape == (RESAMPLES, 20)
    assert set(drawn.sum(axis=1).tolist()) == {20}
    assert (drawn == draws(20)).all()


def test_the_interval_of_a_mean_is_two_standard_errors_to_either_side() -> None:
    """For half ones and half zeros: 0.5 ± 1.96 · 0.5 / √n."""
    values = np.arange(1000) % 2.0

    found = mean_interval(values)

    assert found.value == 0.5
    assert pytest.approx(2 * 1.96 * 0.5 / 1000**0.5, rel=0.1) == found.high - found.low
    assert found.low < 0.5 < found.high


def test_a_single_row_has_an_interval_without_width() -> None:
    """There is nothing else to draw."""
    found = mean_interval(np.array([0.25]))

    assert (found.value, found.low, found.high) == (0.25, 0.25, 0.25)


def test_differences_in_pairs_are_surer_than_the_figures_they_are_of() -> None:
    """Entries differ more than systems do: what one gains on each entry shows although both intervals overlap."""
    figures = np.random.default_rng(1).random(200)

    one, other, gain = (mean_interval(values) for values in (figures, figures + 0.01, np.full(200, 0.01)))

    assert one.high > other.low
    assert pytest.approx((0.01, 0.01)) == (gain.low, gain.high)
