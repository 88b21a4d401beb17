"""A training text as it is read in one epoch: names in its gaps, a synonym here and there, a word missing.

Every change keeps the emotion, as far as that can be had: words that carry one, or deny one, are never touched.
"""

from __future__ import annotations

import random
import re

from samo.modelling.emotion.config import TrainingConfig
from samo.modelling.emotion.placeholders import fill_placeholders
from samo.modelling.emotion.synonyms import SYNONYMS

DROPPABLE = frozenset(
    (  # noqa: SIM905  (one word per line would be two pages)
        "a an the and or to of in on at for from with by as that this these those it its is are was were be been am "
        "has had have do does did will would there here then so just also really very too quite"
    ).split()
)
"""Words without which a sentence still says what it felt like. No negation, no `but`, nobody who feels."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def augmented(text: str, config: TrainingConfig, source: random.Random) -> str:
    """The text with each kind of change at the rate that the configuration gives; without any, the text."""
    text = fill_placeholders(text, config.name_share, source)
    if config.synonym_share:
        text = replace_synonyms(text, config.synonym_share, source)
    return drop_words(text, config.word_dropout, source) if config.word_dropout else text


def replace_synonyms(text: str, share: float, source: random.Random) -> str:
    """Replace each word that has synonyms with probability `share`; its first letter keeps its case.

    Zhang et al. 2015, "Character-level Convolutional Networks for Text Classification" (arXiv 1509.01626), with a list
    of plain words that mean the same whatever the sentence, for a thesaurus that does not.
    """

    def word(match: re.Match[str]) -> str:
        others = SYNONYMS.get(match[0].lower())
        if others is None or source.random() >= share:
            return match[0]
        chosen = source.choice(others)
        return chosen.capitalize() if match[0][0].isupper() else chosen

    return _WORD.sub(word, text)


def drop_words(text: str, share: float, source: random.Random) -> str:
    """Leave out each function word with probability `share`, but never all words.

    Iyyer et al. 2015, "Deep Unordered Composition Rivals Syntactic Methods for Text Classification", for function words
    only: the paper drops any, and `not` with them.
    """
    words = text.split(" ")
    kept = [word for word in words if word.lower() not in DROPPABLE or source.random() >= share]
    return " ".join(kept or words)
