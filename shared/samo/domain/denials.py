"""Words that deny what comes after them. How far they reach, and what follows from it, is for those who ask to say."""

from __future__ import annotations

import re

DENYING_WORDS = frozenset(
    {
        *("not", "never", "no", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "cannot"),
        *("hardly", "barely", "rarely", "scarcely", "unable"),
    }
)

_CONTRACTED = (
    r"(?:do|does|did|is|are|was|were|have|has|had|ca|could|wo|would|should|ai|must|need|might)n'?t"  # also "dont"
)
_CONTRACTED_WORD = re.compile(_CONTRACTED)
# "Not only" and "never so happy" affirm; "no" before other words is as often an answer, and "without" an aside.
_PLAIN = "|".join(sorted(DENYING_WORDS - {"not", "never", "no", "without"}))
DENIAL = re.compile(
    rf"\b(?:not(?! (?:only|just|to mention)\b)|never(?! (?:\w+ )?(?:so|as|more)\b)|no (?:longer|one)|{_PLAIN}"
    rf"|far from|anything but|{_CONTRACTED})\b"
)
"""A denial of what is said in running text, case-folded and with straight apostrophes."""


def denies(word: str) -> bool:
    """Whether a case-folded word by itself is a denial."""
    return word in DENYING_WORDS or _CONTRACTED_WORD.fullmatch(word) is not None
