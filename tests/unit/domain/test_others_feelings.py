"""Feelings that are named as those of others."""

from __future__ import annotations

import pytest

from samo.domain.others_feelings import others_labels
from samo.domain.taxonomy import LABELS


@pytest.mark.parametrize(
    ("sentence", "labels"),
    [
        ("She is angry with her boss.", {"anger", "annoyance"}),
        ("My sister is furious with me.", {"anger", "annoyance"}),
        ("He told me that he was worried.", {"fear", "nervousness"}),
        ("They’re so proud of their son.", {"pride"}),
        ("the woman next door was really very sad", {"sadness", "disappointment", "grief"}),
        ("Tom was thrilled.", {"excitement", "joy"}),
        ("My mother worries about everything.", {"fear", "nervousness"}),
        ("Dad loves the sea.", {"love"}),
        ("Everyone but me was having fun.", {"amusement", "joy"}),
        ("You sound angry.", {"anger", "annoyance"}),
        ("They were excited, I was not.", {"excitement", "joy"}),
        ("I think he is relieved.", {"relief"}),
    ],
)
def test_feelings_of_others_are_found(sentence: str, labels: set[str]) -> None:
    """By the subject right before the word: a pronoun, a person, a name."""
    assert labels == others_labels(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "I am angry.",
        "So angry!",
        "My sister is sad and so am I.",
        "It makes me sad that he is sad.",
        "They were nervous, me too.",
        "My wife and I are excited.",
        "Me and my wife are excited.",
        "My heart is sad.",
        "The little girl in me is excited.",
        "The film was sad.",
        "Sunday was happy.",
        "Everyone was excited.",
        "My day with dad was sad.",
        "The evening with my sister was happy.",
        "Life without Dad is sad.",
        "He is proud of me.",
        "She loves me.",
        "He was sad when I left.",
        "Grandma died and Dad is so sad.",
        "Let's hope he is hopeful.",
        "You are angry when nobody listens.",
        "",
    ],
)
def test_what_the_writer_may_feel_as_well_is_not(sentence: str) -> None:
    """Shared, caused, directed at the writer, of no person, or with another reason in the same sentence."""
    assert others_labels(sentence) == set()


def test_only_labels_of_the_model_are_named() -> None:
    """The reader looks them up by name."""
    words = ("angry", "disappointed", "ashamed", "excited", "afraid", "grateful", "glad", "proud", "relieved", "lonely")

    found = set().union(*(others_labels(f"She is {word}.") for word in words), others_labels("She loves it."))

    assert len(found) > len(words)
    assert found < set(LABELS)


def test_a_megabyte_without_a_border_is_read() -> None:
    """Forty thousand mentions; quadratic time would not come to an end."""
    assert others_labels("she is so very angry and " * 40_000) == {"anger", "annoyance"}
