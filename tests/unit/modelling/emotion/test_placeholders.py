"""Names for `[NAME]`: real people's entries have real names."""

from __future__ import annotations

import random

from samo.modelling.emotion.placeholders import NAMES, RELIGIONS, fill_placeholders

TEXT = "[NAME] told [NAME] about [RELIGION] weddings"


def test_every_placeholder_is_replaced_at_a_share_of_one() -> None:
    """Each by a word of its own kind."""
    first, told, second, about, religion, weddings = fill_placeholders(TEXT, 1.0, random.Random(1)).split()

    assert {first, second} <= set(NAMES)
    assert religion in RELIGIONS
    assert (told, about, weddings) == ("told", "about", "weddings")


def test_no_placeholder_is_replaced_at_a_share_of_zero() -> None:
    """The published text is left alone."""
    assert fill_placeholders(TEXT, 0.0, random.Random(1)) == TEXT


def test_the_same_seed_gives_the_same_names() -> None:
    """A resumed epoch must see the texts of the interrupted one."""
    assert fill_placeholders(TEXT, 0.5, random.Random(7)) == fill_placeholders(TEXT, 0.5, random.Random(7))


def test_other_brackets_are_left_alone() -> None:
    """Only the data set's own placeholders mean a hidden word."""
    assert fill_placeholders("[deleted] [name]", 1.0, random.Random(1)) == "[deleted] [name]"
