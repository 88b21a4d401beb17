"""Numbers in a text, in digits and in English words, by their values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from samo.inference.summarizer.same_words import key
from samo.inference.summarizer.word_forms import is_content, words_of

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

# "One of them", "the first time", "a second chance": alone they are no numbers to hold a summary to.
_WEAK = {"one": 1, "once": 1, "first": 1, "single": 1, "second": 2, "both": 2, "couple": 2, "pair": 2}

_WORDS = {
    **{word: number for number, word in enumerate(_UNITS)},
    **{word: number for number, word in enumerate(_ORDINALS, start=3)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
    **_WEAK,
}

QUANTITIES = frozenset([*_WORDS, *_SCALES, "hundreds", "thousands", "millions", "dozen", "dozens", "twice", "half"])
"""Words that say how many, and nothing of what."""

# A multiple supports its number: "twice" and "two times".
_MULTIPLES = {"twice": 2, "double": 2, "triple": 3, "dozen": 12}

_DIGITS = r"\d{1,3}(?:,\d{3}){1,8}(?!\d)(?:\.\d{1,9})?|\d{1,20}(?:\.\d{1,9})?"
_NUMBER = re.compile(rf"{_DIGITS}|\b(?:{'|'.join([*_WORDS, *_SCALES])})\b")
_JOINT = re.compile(r"\s*-\s*|\s+(?:and\s+)?")
_NEXT_WORDS = re.compile(r"(?:[ \n]+[^\W\d_]+){1,3}")


class _Value(NamedTuple):
    value: Decimal
    weak: bool


def numbers_in(text: str) -> set[Decimal]:
    """The values a summary is held to: "25", "twenty-five" and "25th" are one, "1,000" and "a thousand" another."""
    return {found.value for run, _ in _runs(text.casefold()) for found in _values(run) if not found.weak}


def supported_numbers(source: str) -> set[Decimal]:
    """The values that an entry supports: all it says, and of "twenty twenty-five" the year that it may mean as well."""
    supported = {Decimal(_MULTIPLES[word]) for word in words_of(source) if word in _MULTIPLES}
    for run, _ in _runs(source.casefold()):
        values = [found.value for found in _values(run)]
        supported.update(values)
        supported.update(100 * high + low for high, low in pairwise(values) if 10 <= high <= 99 and low <= 99)
    return supported


def counted_things(text: str, *, reach: int = 1) -> dict[str, set[Decimal]]:
    """What numbers stand before: the `key` of each of the next `reach` words that say something → the numbers."""
    folded = text.casefold()
    counted: dict[str, set[Decimal]] = defaultdict(set)
    for run, end in _runs(folded):
        *_, last = _values(run)
        following = None if last.weak else _NEXT_WORDS.match(folded, end)
        for word in following[0].split()[:reach] if following else ():
            if is_content(word):
                counted[key(word)].add(last.value)
    return counted


def _runs(text: str) -> Iterator[tuple[list[str], int]]:
    """Number words and digits that follow each other with nothing but white space, a hyphen or "and" between.

    With each run the place where it ends.
    """
    run: list[str] = []
    end = 0
    for match in _NUMBER.finditer(text):
        if run and not _JOINT.fullmatch(text, end, match.start()):
            yield run, end
            run = []
        run.append(match[0])
        end = match.end()
    if run:
        yield run, end


def _values(run: Sequence[str]) -> Iterator[_Value]:
    """The values that a run says: "two hundred and five" one, "five six" two."""
    total, current, last, weak = Decimal(0), Decimal(0), Decimal(0), False
    before = ""
    for token in run:
        if scale := _SCALES.get(token):
            current = (current or Decimal(1)) * scale
            if scale > 100:
                total, current = total + current, Decimal(0)
            last, weak = Decimal(scale), False
        else:
            value = Decimal(_WORDS[token]) if token in _WORDS else Decimal(token.replace(",", ""))
            # "A thousand and ten" is one number, "1,000 and 10" are two.
            if before and not (token in _WORDS and not before[0].isdecimal() and _continues(value, last)):
                yield _Value(total + current, weak)
                total, current, before = Decimal(0), Decimal(0), ""
            weak = not before and token in _WEAK
            current += value
            last = value
        before = token
    if before:
        yield _Value(total + current, weak)


def _continues(value: Decimal, last: Decimal) -> bool:
    """Whether a number goes on: units after tens, anything smaller after a hundred or a thousand."""
    if last in range(20, 100, 10):
        return 0 < value < 10
    return last >= 100 and value < last
