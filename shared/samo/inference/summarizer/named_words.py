"""Words that look like names: of people, places, days, organisations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from samo.inference.summarizer.negations import NEGATIONS
from samo.inference.summarizer.word_forms import FUNCTION_WORDS, stem, word_set, words_of

_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[.!?…:;\"“”«»(\[•\n]|(?<!\S)[-–—*](?=\s)")
_CALENDAR = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august september october"
    " november december christmas easter"
)
_COMMON_ENDING = re.compile(r"(?:ing|ed|ly|ness|tion|ment)$")


def names_in(text: str) -> Iterator[str]:
    """Words with a capital anywhere, case folded, and the days and months in any case.

    A function word is no name, nor is a word that begins a sentence and ends as no name does ("Feeling", "Slowly").
    """
    begins = True
    for token in _TOKEN.findall(text):
        if not token[0].isalnum():
            begins = True
            continue
        word = token.casefold().replace("’", "'").removesuffix("'s")
        if word in _CALENDAR or (token != token.lower() and not _is_explained(token, word, begins=begins)):
            yield word
        begins = False


def _is_explained(token: str, word: str, *, begins: bool) -> bool:
    """Whether a capital says nothing: a single letter, a function word ("We're"), or a word that no name looks like."""
    plain = word.partition("'")[0]
    if len(plain) == 1 or plain in FUNCTION_WORDS or plain in NEGATIONS:
        return True
    return begins and token[1:].islower() and _COMMON_ENDING.search(word) is not None


def unsupported_names(text: str, source: Collection[str]) -> list[str]:
    """The names in `text` that are no word of the source, whatever its case; `source` is from `name_forms`."""
    return [name for name in names_in(text) if _form(name) not in source]


def name_forms(source: str) -> frozenset[str]:
    """All words of a text as names are compared: without case, accents and inflection."""
    return frozenset(_form(part) for word in words_of(source) for part in (word, *word.split("'")))


def _form(word: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    return stem(plain)
