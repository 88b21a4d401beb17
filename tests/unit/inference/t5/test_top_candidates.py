"""The few highest of many, against sorting all of them."""

from __future__ import annotations

import numpy as np
import pytest

from samo.inference.t5.top_candidates import top_candidates


@pytest.mark.parametrize("columns", [3, 100, 255, 257, 4096, 32128 * 4])
@pytest.mark.parametrize("count", [1, 3])
def test_the_highest_come_first_and_ties_in_order(columns: int, count: int) -> None:
    """Few distinct values make ties, within blocks and across them."""
    scores = np.random.default_rng(columns).integers(0, 9, (5, columns)).astype(np.float32)

    values, places = top_candidates(scores, count)

    expected = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    assert places.tolist() == expected.tolist()
    assert values.tolist() == np.take_along_axis(scores, expected, axis=1).tolist()


def test_banned_candidates_come_last() -> None:
    """Minus infinity is a score like any other, even when there is little else."""
    scores = np.full((1, 2048), -np.inf, dtype=np.float32)
    scores[0, [1500, 7]] = [2.0, 1.0]

    values, places = top_candidates(scores, 3)

    assert places[0, :2].tolist() == [1500, 7]
    assert values[0].tolist() == [2.0, 1.0, -np.inf]
