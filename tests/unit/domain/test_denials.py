"""Words that deny."""

from __future__ import annotations

import pytest

from samo.domain.denials import DENIAL, denies


@pytest.mark.parametrize("word", ["not", "nobody", "without", "don't", "dont", "ain't", "wont", "couldn't"])
def test_a_word_that_denies(word: str) -> None:
    """With and without its apostrophe."""
    assert denies(word)


@pytest.mark.parametrize("word", ["note", "want", "front", "nothings", "unhappy", ""])
def test_a_word_that_only_looks_like_one(word: str) -> None:
    """The whole word counts."""
    assert not denies(word)


@pytest.mark.parametrize(
    "text",
    ["i am not well", "no one came", "no longer", "far from it", "anything but that", "i havent", "we never met"],
)
def test_a_text_that_denies(text: str) -> None:
    """Words and pairs of words."""
    assert DENIAL.search(text)


@pytest.mark.parametrize(
    "text", ["not only that", "not just tired", "never so well", "never been so well", "no, i am fine", "an ant", ""]
)
def test_a_text_that_affirms(text: str) -> None:
    """Strengthened by a word that elsewhere denies, or answered with one."""
    assert not DENIAL.search(text)
