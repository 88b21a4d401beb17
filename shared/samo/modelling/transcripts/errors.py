"""Word and character errors of a text beside what was said, after Whisper's normaliser: only the words count.

Radford et al. 2023, appendix C: "Mr. Dashwood" is "mister dashwood" and "he's" is "he is"; numbers, spellings and
punctuation make no errors. The normaliser for English knows English; that for all others only marks and case.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import jiwer
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer


class TextErrors(NamedTuple):
    """Words, and characters, to replace, drop or add, and how many were said."""

    word_errors: int
    words: int
    character_errors: int
    characters: int

    @property
    def word_error_rate(self) -> float:
        """Errors per word that was said."""
        return self.word_errors / self.words


def errors_of(said: str, heard: str, *, language: str | None) -> TextErrors:
    """The fewest errors that turn one into the other. `said` holds at least one word."""
    reference, hypothesis = (normalised(text, language=language) for text in (said, heard))
    by_words = jiwer.process_words(reference, hypothesis)
    by_characters = jiwer.process_characters(reference, hypothesis)
    return TextErrors(
        word_errors=by_words.substitutions + by_words.deletions + by_words.insertions,
        words=by_words.hits + by_words.substitutions + by_words.deletions,
        character_errors=by_characters.substitutions + by_characters.deletions + by_characters.insertions,
        characters=by_characters.hits + by_characters.substitutions + by_characters.deletions,
    )


def normalised(text: str, *, language: str | None) -> str:
    """The text as it is compared."""
    return _normaliser(english=language == "en")(text).strip()


@cache
def _normaliser(*, english: bool) -> Callable[[str], str]:
    normaliser: Callable[[str], str] = EnglishTextNormalizer() if english else BasicTextNormalizer()
    return normaliser
