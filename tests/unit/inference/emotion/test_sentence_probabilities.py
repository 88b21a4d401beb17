"""The classifier's probabilities, and what is left of them for the writer."""

from __future__ import annotations

import numpy as np
import pytest

from samo.domain.denied_feelings import DENIED_PROBABILITY
from samo.domain.others_feelings import OTHERS_PROBABILITY
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.sentence_probabilities import of_the_writer


@pytest.mark.parametrize(
    ("text", "label", "probability"),
    [
        ("I am furious.", "anger", 0.75),
        ("I am not angry.", "anger", DENIED_PROBABILITY),
        ("She is angry.", "anger", OTHERS_PROBABILITY),
        ("She is angry.", "sadness", 0.75),
    ],
)
def test_denied_and_others_feelings_are_capped(text: str, label: str, probability: float) -> None:
    """Each label by itself."""
    rows = of_the_writer(np.full((1, len(LABELS)), 0.75, dtype=np.float32), [text])

    assert rows[0, LABELS.index(label)] == probability


def test_what_is_less_probable_stays_and_the_given_rows_too() -> None:
    """A cap raises nothing, and the caller's array is not written to."""
    given = np.full((2, len(LABELS)), 2**-7, dtype=np.float32)

    rows = of_the_writer(given, ["She is angry.", "I am not sad."])

    assert (rows == 2**-7).all()
    assert (given == np.float32(2**-7)).all()
