"""Real words in place of `[NAME]` and `[RELIGION]`: GoEmotions hides them, the people who use the model do not."""

from __future__ import annotations

import random
import re

NAMES = (  # noqa: SIM905  (one name per line would be two pages)
    "Aaliyah Adam Ahmed Aisha Alex Amara Amy Ana Andre Anna Ben Carlos Carmen Chen Chloe Chris Dan Daniel David Diego "
    "Elena Eli Emily Emma Fatima Femi George Grace Hana Hannah Hiro Ibrahim Imran Ines Isabel Jack Jada James Jamal "
    "Jana Jen Jin Joe John Jordan Jose Julia Karim Kate Kofi Kwame Lars Laura Leila Leo Lily Lin Lucas Luis Maria Mark "
    "Marta Mary Maya Mei Michael Mike Mina Mohammed Nadia Nina Noah Nora Olga Olivia Omar Paul Pedro Priya Rachel Raj "
    "Ravi Rosa Ryan Sam Sanjay Sara Sarah Sofia Steve Tara Tom Tyler Wei Yuki Yusuf Zoe"
).split()
RELIGIONS = (  # noqa: SIM905
    "Baptist Buddhist Catholic Christian Hindu Islamic Jewish Lutheran Methodist Mormon Muslim Sikh"
).split()

_PLACEHOLDER = re.compile(r"\[(NAME|RELIGION)\]")


def fill_placeholders(text: str, share: float, source: random.Random) -> str:
    """Replace each placeholder with probability `share` by a word drawn from `source`, the others stay as published."""

    def word(match: re.Match[str]) -> str:
        if source.random() >= share:
            return match[0]
        return source.choice(NAMES if match[1] == "NAME" else RELIGIONS)

    return _PLACEHOLDER.sub(word, text)
