"""GoEmotions labels that a sentence names only to deny them: "I'm not sad anymore", "nothing makes me happy".

The classifier follows a negation right before the word and misses others. In the training rows of GoEmotions, of 150
labels that are denied this way 17 were labelled all the same (`DENIED_PROBABILITY`; `samo evaluate rules`).
"""

from __future__ import annotations

import re

from samo.domain.denials import DENIAL

DENIED_PROBABILITY = 0.11
"""How often a denied label holds nevertheless: irony, and other feelings of the same name in the same sentence."""

_NAMES = {
    "anger": "angry|mad|furious",
    "disappointment": "disappointed|disappointing",
    "excitement": "excited|exciting|thrilled",
    "fear": "afraid|scared|frightened|terrified|scary",
    "joy": "happy|glad|joyful|cheerful|enjoy(?:ed|ing|able)?|fun",
    "love": "love|loved|loves",
    "nervousness": "nervous|anxious|worried",
    "optimism": "hopeful|optimistic",
    "pride": "proud",
    "relief": "relieved|relief|calm",
    "sadness": "sad|unhappy|depressed",
}
_NAMED = {label: re.compile(rf"\b(?:{names})\b") for label, names in _NAMES.items()}
_CLAUSE_BORDER = re.compile(r"[.,;:!?…()\n]|(?<!anything )\bbut\b|\b(?:because|although|though|and|so|if|when|that)\b")
# "Who doesn't love pizza?", "can't you tell how sad she is", "I can't help but laugh": nothing is denied.
_AFFIRMED = re.compile(
    r"\b(?:who|why) (?:do|does|did|would)n't\b|\bcan'?t you\b|\b(?:can't|cannot|couldn't) (?:help|stop|be)\b"
)
_REACH_CHARACTERS, _REACH_WORDS = 60, 5


def denied_labels(sentence: str) -> frozenset[str]:
    """The labels of which every mention in the sentence is denied. Linear time."""
    text = sentence.casefold().replace("’", "'")
    if not DENIAL.search(text) or _AFFIRMED.search(text):
        return frozenset()
    return frozenset(label for label, named in _NAMED.items() if _is_denied(text, named))


def _is_denied(text: str, named: re.Pattern[str]) -> bool:
    mentions = list(named.finditer(text))
    return bool(mentions) and all(DENIAL.search(_clause_before(text, mention.start())) for mention in mentions)


def _clause_before(text: str, end: int) -> str:
    nearby = " ".join(text[max(0, end - _REACH_CHARACTERS) : end].split()[-_REACH_WORDS:]) + " "
    return _CLAUSE_BORDER.split(nearby)[-1]
