"""How many words and sentences an extractive summary has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from samo.domain.sentences import TimedSentence
from samo.domain.summary import SummaryLength

TYPICAL_WORDS = 131
TYPICAL_SUMMARY: Mapping[SummaryLength, float] = {"short": 28.5, "medium": 57.0, "long": 114.0}
"""Words of the summary of an entry of `TYPICAL_WORDS`. Medium was chosen by ROUGE-L on first-person posts of that
median length, with summaries of what moved their writers; it lies on a plateau. The others are half and twice of it."""

LENGTH_POWER = 0.3
"""Longer entries have longer summaries, but by far not in proportion: `words ** 0.3`."""

MAX_SENTENCES: Mapping[SummaryLength, int] = {"short": 2, "medium": 5, "long": 10}

SHORTEST_WORDS: Mapping[SummaryLength, int] = {"short": 12, "medium": 20, "long": 40}
"""An entry with no more words than this is its own summary of that length: there is nothing to leave out."""

_CHARACTERS_PER_WORD = 10


def word_budget(words: int, length: SummaryLength) -> float:
    """About how many words the extractive summary of an entry of so many words has: medium 53 of 100, 80 of 400.

    `MAX_SENTENCES` bounds it for long entries, and for scripts without spaces, where a sentence is a word or two.
    """
    return TYPICAL_SUMMARY[length] * float((words / TYPICAL_WORDS) ** LENGTH_POWER)


def is_its_own_summary(sentences: Sequence[TimedSentence], length: SummaryLength) -> bool:
    """Whether the entry is no longer than the shortest summary of this length. Linear in its characters at worst."""
    limit = SHORTEST_WORDS[length]
    characters = 0
    words = 0
    for sentence in sentences:
        # Characters as well: scripts without spaces have words of any length.
        characters += len(sentence.text)
        if characters > limit * _CHARACTERS_PER_WORD:
            return False
        words += len(sentence.text.split())
    return words <= limit
