"""Emoji and emoticons: alone they become words, beside words they stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.inference.emotion.symbols import spelled_out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("😭😭😭", "crying"),
        ("❤️", "love"),
        ("🤷‍♀️", "confused"),
        ("🙏🏽", "thanks"),
        ("😂 😡!", "laughing angry !"),
        (":(", "sad"),
        ("<3", "love"),
        ("</3", "heartbroken"),
        ("xD", "laughing"),
        ("T_T", "crying"),
    ],
)
def test_symbols_alone_are_spelled_out(text: str, words: str) -> None:
    """Each once, however often it is repeated or coloured."""
    assert spelled_out(text) == words


@pytest.mark.parametrize(
    "text", ["what a day 😂😂", "I <3 you", "home alone :(", "at 8:30 (see note)", "TV D", "", " ", "🦀", "..."]
)
def test_all_other_texts_stay_as_they_are(text: str) -> None:
    """Words say more than the symbol beside them; an unknown symbol stays unknown."""
    assert spelled_out(text) == text.strip()


@given(st.text())
def test_a_text_with_a_word_is_never_changed(text: str) -> None:
    """Whatever stands around it."""
    assert spelled_out(f"{text} well") == f"{text} well"
