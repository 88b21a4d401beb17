"""Augmentation: what it may change in a text, and what it never touches."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from samo.domain.taxonomy import LABELS
from samo.modelling.emotion.augmentation import DROPPABLE, augmented, drop_words, replace_synonyms
from samo.modelling.emotion.config import TrainingConfig
from samo.modelling.emotion.synonyms import SYNONYMS

NEGATIONS = {"not", "no", "never", "nobody", "nothing", "none", "without", "neither", "nor", "cannot"}


def source() -> random.Random:
    """The same draws for every test."""
    return random.Random(1)


def test_a_synonym_keeps_the_case_of_the_first_letter() -> None:
    """At the beginning of a sentence, too."""
    assert replace_synonyms("Kids love this movie.", 1.0, source()) == "Children love this film."


def test_every_synonym_can_be_turned_back() -> None:
    """Otherwise one of the two would be the narrower word."""
    for word, others in SYNONYMS.items():
        assert all(word in SYNONYMS[other] for other in others)
        assert word not in others


def test_neither_feelings_nor_negations_are_touched() -> None:
    """No label's name, nothing that denies."""
    untouchable = NEGATIONS | set(LABELS) | {"but"}

    assert untouchable.isdisjoint(SYNONYMS)
    assert untouchable.isdisjoint(DROPPABLE)


def test_only_function_words_are_left_out() -> None:
    """All of them, when each is."""
    assert drop_words("I am not happy with the way it is", 1.0, source()) == "I not happy way"


@given(st.text())
def test_a_text_never_becomes_empty(text: str) -> None:
    """A text of function words alone stays as it is."""
    assert drop_words(text, 1.0, source()).split() or not text.split()


@given(st.text())
def test_without_any_share_the_text_is_itself(text: str) -> None:
    """The default changes nothing."""
    assert augmented(text, TrainingConfig(name_share=0.0), source()) == text


def test_the_same_draws_give_the_same_text() -> None:
    """A resumed training sees what an uninterrupted one would have seen."""
    config = TrainingConfig(name_share=0.5, synonym_share=0.5, word_dropout=0.5)
    text = "[NAME] and the kids began to talk about the movie on the phone"

    first, again = (augmented(text, config, random.Random("7/1")) for _ in range(2))

    assert first == again != text
