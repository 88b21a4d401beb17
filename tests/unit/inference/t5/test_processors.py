"""What changes scores before a token is chosen."""

from __future__ import annotations

import numpy as np
import pytest

from samo.inference.t5.options import GenerationOptions
from samo.inference.t5.processors import banned_tokens, process


@pytest.mark.parametrize(
    ("sequence", "size", "banned"),
    [
        ([0, 7, 8, 7], 2, [8]),
        ([0, 7, 8, 9, 7, 8], 3, [9]),
        ([0, 7, 8, 7, 9, 7], 2, [8, 9]),
        ([0, 7, 7], 1, [0, 7, 7]),
        ([0, 7], 3, []),
        ([0], 2, []),
    ],
)
def test_tokens_that_complete_a_known_ngram_are_banned(sequence: list[int], size: int, banned: list[int]) -> None:
    """The start token counts as one of the sequence, as in the reference."""
    assert banned_tokens(sequence, size) == banned


def test_no_end_before_the_minimum() -> None:
    """From the token after it on, the end may come."""
    options = GenerationOptions(min_new_tokens=2)
    early, late = np.zeros((1, 4), dtype=np.float32), np.zeros((1, 4), dtype=np.float32)

    process(early, np.array([[0, 3]]), options, end_id=1)
    process(late, np.array([[0, 3, 3]]), options, end_id=1)

    assert early.tolist() == [[0, -np.inf, 0, 0]]
    assert late.tolist() == [[0, 0, 0, 0]]


def test_repetition_makes_a_token_less_likely_whatever_its_sign() -> None:
    """A positive score is divided, a negative one multiplied, once however often the token came."""
    scores = np.array([[1.0, 4.0, -4.0, 6.0]], dtype=np.float32)

    process(scores, np.array([[0, 1, 2, 1]]), GenerationOptions(repetition_penalty=2.0), end_id=3)

    assert scores.tolist() == [[0.5, 2.0, -8.0, 6.0]]
