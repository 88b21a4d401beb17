"""What a model wrote, held against the entry: names, numbers, negations, and whether its words are the entry's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.sentences import written_sentences
from samo.domain.summary import FallbackReason
from samo.inference.summarizer.faithfulness import unfaithful
from samo.inference.summarizer.language import is_english
from samo.inference.summarizer.named_words import names_in
from samo.inference.summarizer.said_numbers import numbers_in, supported_numbers

ENTRY = (
    "I missed the train on Monday and felt so sad. Then Ben called from Zürich. We laughed until I was happy again."
    " I am not calm. My sister Anna has two children, and she paid twenty-five euros. The rent is 1,000 a month and the"
    " flat has 70.5 square metres. I could not sleep at all. I don't think it's fair. No doctor has helped me. There is"
    " some hope. My iPhone broke at 7:30. We met in nineteen eighty-four. The team was kind, not only polite."
)


@pytest.mark.parametrize(
    "text",
    [
        "Ben called and I was happy again.",
        "ben called and we laughed.",
        "Ben's call from Zurich made me laugh.",
        "I missed the train on monday.",
        "Feeling sad, I missed the train.",
        "Slowly I was happy again. Happiness came when Ben called.",
        "We're happy again. We've laughed.",
        "Anna has 2 children.",
        "Anna has two children and paid 25 euros.",
        "Anna paid twenty five euros.",
        "The rent is a thousand a month.",
        "The rent is 1000 a month, the flat has 70.5 metres.",
        "First Ben called, and for the first time I was happy again.",
        "My iPhone broke at 7:30.",
        "We met in 1984.",
        "I am not calm.",
        "I'm not calm and could not sleep.",
        "I couldnt sleep.",
        "It's not fair, I think.",
        "I was not helped by a doctor.",
        "The team was not only polite but kind.",
        "No, I was happy again.",
        "The train was missed, the iPhone was broken, and Anna paid.",
        "",
    ],
)
def test_what_the_entry_supports_holds(text: str) -> None:
    """In other forms, too: inflected, in digits or words, without an accent or an apostrophe."""
    assert unfaithful(text, ENTRY) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Tom called and I was happy again.", "unfaithful_name"),
        ("I was happy when Mia called.", "unfaithful_name"),
        ("I missed the train on Tuesday.", "unfaithful_name"),
        ("i missed the train on tuesday.", "unfaithful_name"),
        ("We laughed in Paris.", "unfaithful_name"),
        ("Ben Miller called.", "unfaithful_name"),
        ("The NHS doctor helped Anna.", "unfaithful_name"),
        ("My eBook broke at 7:30.", "unfaithful_name"),
        ('She said: "Berta called".', "unfaithful_name"),
        ("Anna has three children.", "unfaithful_number"),
        ("Anna has 3 children.", "unfaithful_number"),
        ("Anna paid five euros.", "unfaithful_number"),
        ("Anna paid 20 euros.", "unfaithful_number"),
        ("The rent is 1,000,000 a month.", "unfaithful_number"),
        ("The rent is two thousand a month.", "unfaithful_number"),
        ("The flat has 70 square metres.", "unfaithful_number"),
        ("We met in 1985.", "unfaithful_number"),
        ("Anna called twice as her children laughed a dozen times.", "unfaithful_number"),
        ("I am calm.", "unfaithful_negation"),
        ("At the end of Monday I could sleep.", "unfaithful_negation"),
        ("I was not happy again.", "unfaithful_negation"),
        ("I was unhappy when Ben called.", "unfaithful_negation"),
        ("I feel hopeless about the flat.", "unfaithful_negation"),
        ("Nobody laughed.", "unfaithful_negation"),
        ("Ben never called.", "unfaithful_negation"),
        ("We didn't laugh.", "unfaithful_negation"),
        ("We met without Anna.", "unfaithful_negation"),
        ("Think about it: it's fair.", "unfaithful_negation"),
        ("purple monkeys negotiate dishwashers.", "unfaithful_content"),
        ("the author describes emotional experiences regarding transportation.", "unfaithful_content"),
    ],
)
def test_what_the_entry_does_not_support_is_found(text: str, reason: FallbackReason) -> None:
    """Added, exchanged, or turned into its opposite."""
    assert reason == unfaithful(text, ENTRY)


def test_an_entry_supports_its_own_sentences() -> None:
    """Each alone, in any order, and with the case of raw speech on either side."""
    sentences = written_sentences(ENTRY)

    for text in (*sentences, " ".join(reversed(sentences))):
        assert unfaithful(text, ENTRY) is None
        assert unfaithful(text, ENTRY.lower()) is None
        assert unfaithful(text.lower(), ENTRY) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("no number", []),
        ("two hundred and five", [205]),
        ("five, six or seven", [5, 6, 7]),
        ("five six", [5, 6]),
        ("one thousand two hundred thirty-four", [1234]),
        ("3.5 million people", [3_500_000]),
        ("the 3rd of 007", [3, 7]),
        ("1,000 and 10,00", [1000, 10, 0]),
        ("the twenty-first", [21]),
        ("one day at once", []),
        ("٣ times", [3]),
        ("9" * 100, [int("9" * 20)]),
    ],
)
def test_numbers_are_values(text: str, values: list[int]) -> None:
    """Digits and words alike; numbers of absurd length are cut, not refused."""
    assert {Decimal(value) for value in values} == numbers_in(text)


def test_an_entry_supports_the_years_that_it_says_in_two_parts() -> None:
    """And the parts."""
    assert {Decimal(20), Decimal(25), Decimal(2025)} == supported_numbers("in twenty twenty-five")


def test_names_are_words_with_a_capital_that_nothing_else_explains() -> None:
    """Nor a sentence's beginning with a common ending, nor a function word."""
    text = "Yesterday I met Ben's friend McKay. Walking home, Anna smiled. OK? They went on Friday or friday."

    assert [*names_in(text)] == ["ben", "mckay", "anna", "ok", "friday", "friday"]


def test_english_is_told_by_its_frequent_words() -> None:
    """Formal, spoken or chatted; other languages share too few of them."""
    assert is_english(["The meeting was moved to Friday, and that suits my team."])
    assert is_english(["so i dont know what to do", "they said its fine but im not sure"])
    assert not is_english(["Die Sitzung wurde auf Freitag verschoben, was in so einem Team gut passt."])
    assert not is_english(["Je ne sais pas quoi faire, on a dit que c'est bon."])
    assert not is_english(["", "123 !!!", "🎉"])


@given(text=st.text(max_size=200), entry=st.text(max_size=200))
def test_any_two_texts_can_be_compared(text: str, entry: str) -> None:
    """Never an exception; and a text is supported by itself."""
    unfaithful(text, entry)

    assert unfaithful(entry, entry) is None
