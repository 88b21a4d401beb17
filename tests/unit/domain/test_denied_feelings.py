"""Feelings that are named and denied."""

from __future__ import annotations

import pytest

from samo.domain.denied_feelings import denied_labels
from samo.domain.taxonomy import LABELS


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("I'm not sad anymore.", {"sadness"}),
        ("I am no longer afraid of the dark.", {"fear"}),
        ("Nothing makes me happy.", {"joy"}),
        ("I can’t say I’m happy.", {"joy"}),
        ("I feel anything but calm.", {"relief"}),
        ("i dont love him", {"love"}),
        ("No one loves me.", {"love"}),
        ("I am neither proud nor happy.", {"pride", "joy"}),
        ("I have never been angry with her.", {"anger"}),
    ],
)
def test_a_denied_feeling_is_found(sentence: str, denied: set[str]) -> None:
    """By what stands before the word, in the same clause."""
    assert denied_labels(sentence) == denied


@pytest.mark.parametrize(
    "sentence",
    [
        "I am happy.",
        "I'm not only sad, I'm furious.",
        "I have never been so happy.",
        "Who doesn't love the sea?",
        "Cant you tell how sad she is?",
        "No, I love you.",
        "I can't be happier.",
        "I couldn't help but love her.",
        "It was not easy, but I'm proud.",
        "I'm not sad that he left, I'm sad that he lied.",
        "",
    ],
)
def test_what_is_felt_after_all_is_not_denied(sentence: str) -> None:
    """Another clause, another mention, a way of speaking."""
    assert denied_labels(sentence) == set()


def test_only_labels_of_the_model_are_named() -> None:
    """The reader looks them up by name."""
    assert denied_labels("not angry mad disappointed excited scared happy love nervous hopeful proud calm sad") < set(
        LABELS
    )


def test_a_megabyte_without_a_border_is_read() -> None:
    """A hundred thousand mentions; quadratic time would not come to an end."""
    assert denied_labels("not happy " * 100_000) == {"joy"}
