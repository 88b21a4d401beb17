"""Words that look like names: of people, places, days, organisations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from samo.domain.denials import DENYING_WORDS, denies
from samo.inference.summarizer.given_names import NAMES, PLACES
from samo.inference.summarizer.same_words import is_neutral, key
from samo.inference.summarizer.word_forms import FUNCTION_WORDS, is_content, unaccented, word_set, words_of

_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[.!?…:;\"“”«»(\[•\n]|(?<!\S)[-–—*](?=\s)")
_CALENDAR = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august september october"
    " november december christmas easter"
)
# "May" is a month only where a month can stand.
_MAY = re.compile(r"\b(?:in|since|last|next|until|of|this|by|early|late) (May)\b|\bMay (?:\d|the\b)")
_COMMON_ENDING = re.compile(r"(?:ing|ness|tion|ment)$")
_OPENING_ADVERBS = word_set(
    "slowly suddenly luckily sadly recently unfortunately fortunately actually honestly hopefully surprisingly secretly"
    " quietly gradually clearly obviously apparently mostly partly usually normally initially ultimately strangely"
    " thankfully happily angrily nervously proudly"
)
# Where a name stands without an article, and seldom anything else in the singular: "with tom", "in leeds".
_NAME_SLOTS = word_set("with by from near met called named meeting dear")
_QUANTITIES = word_set("twice thrice half dozen")
_NO_NAME_ENDING = re.compile(r"(?:ing|ed|ly|s|ness|tion|ment|ful|ity|able|ive|ous|al|ic)$")


class SourceWords(NamedTuple):
    """The words of an entry as names are compared (without case, accents and possessive), and their `key`s."""

    forms: frozenset[str]
    keys: frozenset[str]


class _Candidate(NamedTuple):
    word: str
    begins: bool


def names_in(text: str) -> Iterator[str]:
    """Words with a capital anywhere, case folded, and days, months and frequent names in any case.

    A function word is no name, nor is a word that begins a sentence and ends as no name does ("Feeling", "Slowly").
    """
    return (candidate.word for candidate in _candidates(text))


def unsupported_names(text: str, source: SourceWords) -> list[str]:
    """The names in `text` that are no word of the entry, whatever its case; and words where a name would stand.

    A word that begins a sentence is none if the entry has it in any inflection ("Missed the train").
    """
    unknown = [candidate for candidate in _candidates(text) if _form(candidate.word) not in source.forms]
    names = [word for word, begins in unknown if not (begins and word not in NAMES | PLACES and _is_word(word, source))]
    return [*names, *_in_name_slots(text, source)]


def source_words(source: str) -> SourceWords:
    """All words of an entry."""
    words = words_of(source)
    parts = [part for word in words for part in (word, *word.split("'"))]
    return SourceWords(frozenset(map(_form, parts)), frozenset(map(key, words)))


def _candidates(text: str) -> Iterator[_Candidate]:
    if _MAY.search(text):
        yield _Candidate("may", begins=False)
    begins = True
    for token in _TOKEN.findall(text):
        if not token[0].isalnum():
            begins = True
            continue
        word = token.casefold().replace("’", "'").removesuffix("'s")
        known = word in _CALENDAR or word in NAMES or word in PLACES
        if known or (token != token.lower() and not _is_explained(token, word, begins=begins)):
            yield _Candidate(word, begins)
        begins = False


def _is_explained(token: str, word: str, *, begins: bool) -> bool:
    """Whether a capital says nothing: a single letter, a function word ("We're"), or a word that no name looks like."""
    plain = word.partition("'")[0]
    if len(plain) == 1 or plain in FUNCTION_WORDS or plain in DENYING_WORDS:
        return True
    return begins and token[1:].islower() and (word in _OPENING_ADVERBS or _COMMON_ENDING.search(word) is not None)


def _is_word(word: str, source: SourceWords) -> bool:
    return key(word) in source.keys or is_neutral(key(word))


def _in_name_slots(text: str, source: SourceWords) -> Iterator[str]:
    """Lower-case words that the entry does not have where a name would stand: "with quentin"."""
    before = ""
    for token in _TOKEN.findall(text.casefold().replace("’", "'")):
        word = token.removesuffix("'s")
        if (
            before in _NAME_SLOTS
            and is_content(word)
            and word[0].isalpha()
            and not denies(word)
            and word not in _QUANTITIES
            and not _NO_NAME_ENDING.search(word)
            and not _is_word(word, source)
        ):
            yield word
        before = token


def _form(word: str) -> str:
    bare = unaccented(word).removesuffix("'s")
    return bare.removesuffix("s") if len(bare) > 3 else bare
