"""Feelings that the writer names."""

from __future__ import annotations

import pytest

from samo.domain.named_feelings import named_feelings


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("I'm so tired today.", {"tired"}),
        ("so exhausted", {"tired"}),
        ("I AM COMPLETELY WORN OUT", {"tired"}),
        ("Work was exhausting.", {"tired"}),
        ("I have never been so tired.", {"tired"}),
        ("I have not felt this calm in years.", {"calm"}),
        ("I'm not just tired, I can’t cope anymore", {"tired", "overwhelmed"}),
        ("She was tired but I was overwhelmed.", {"overwhelmed"}),
        ("It makes me feel calm and at peace.", {"calm"}),
        ("I feel content with my life.", {"content"}),
        ("I am proud of myself.", {"proud"}),
        ("I can barely keep my eyes open.", {"tired"}),
        ("It is all too much for me.", {"overwhelmed"}),
        ("There is so much to do and I cannot keep up", {"overwhelmed"}),
    ],
)
def test_feelings_of_the_writer_are_found(sentence: str, expected: set[str]) -> None:
    """In any case, with or without punctuation, strengthened by a negation that is none."""
    assert expected == named_feelings(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "I don't feel calm at all.",
        "i dont feel relaxed",
        "I'm not tired.",
        "I was never at peace there.",
        "Nothing makes me feel calm.",
        "I run ten miles without getting tired.",
        "I want to be calm.",
        "I used to be so relaxed.",
        "If only I were content with that.",
        "She was exhausted.",
        "My brother is always tired.",
        "I'm tired of his jokes.",
        "I tried to calm him down.",
        "The evidence is overwhelming evidence.",
        "The content of the letter.",
        "I was overwhelmed by the beauty of the place.",
        "The rundown house.",
        "He can't keep up with all of them.",
        "",
    ],
)
def test_what_is_denied_wished_over_or_of_others_is_not(sentence: str) -> None:
    """Negation, wishes, the past that is over, other people, and other meanings of the words."""
    assert set() == named_feelings(sentence)
