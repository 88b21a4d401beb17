"""Misspelt feeling words are mended, other words are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.inference.emotion.typos import Spelling

KNOWN = frozenset(["angel", "any", "exited", "glove", "received", "so", "some"])


@pytest.fixture
def spelling() -> Spelling:
    """A spelling beside a vocabulary of a few words."""
    return Spelling(KNOWN.__contains__)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hapy", "happy"),
        ("haapy", "happy"),
        ("Happpyyy", "happy"),
        ("agnry", "angry"),
        ("lvoe", "love"),
        ("loooove", "love"),
        ("terified", "terrified"),
        ("gratefull", "grateful"),
        ("dissapointed", "disappointed"),
        ("hilarius", "hilarious"),
        ("releived", "relieved"),
        ("suprised", "surprised"),
    ],
)
def test_a_slip_is_mended(spelling: Spelling, written: str, meant: str) -> None:
    """A letter too many, missing, wrong or swapped; letters repeated or not. Nothing around it changes."""
    assert spelling.mended(f"I am SO {written}, Anna!") == f"I am SO {meant}, Anna!"


@pytest.mark.parametrize(
    "word",
    [
        *("exited", "angel", "glove"),  # the vocabulary has them
        *("clam", "tiered", "angler", "seared", "Thanos"),  # it lacks them
        *("haply", "glade", "Saddler", "exciter", "hater", "hoppy", "angers", "happ"),  # another beginning, end or root
        "recieved",  # of another word
        *("sadd", "maad", "jooy"),  # too short
        *("happy", "Loved", "so", "sooo", "😢", "a" * 100),
    ],
)
def test_other_words_stay(spelling: Spelling, word: str) -> None:
    """Known words, words that only look like a slip, and what is more than one slip away."""
    assert spelling.mended(word) == word


@given(st.text())
def test_a_mended_text_has_nothing_left_to_mend(text: str) -> None:
    """Whatever it holds."""
    spelling = Spelling(KNOWN.__contains__)

    mended = spelling.mended(text)

    assert spelling.mended(mended) == mended
