"""How many words a recogniser gets wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence


def word_error_rate(said: Sequence[str], heard: str) -> float:
    """Words to replace, drop or add to turn `heard` into `said`, per word said; punctuation and case do not count."""
    words = re.findall(r"[\w']+", heard.lower())
    costs = list(range(len(words) + 1))
    for row, expected in enumerate(said, start=1):
        diagonal, costs[0] = costs[0], row
        for column, actual in enumerate(words, start=1):
            replaced = diagonal + (expected != actual)
            diagonal = costs[column]
            costs[column] = min(replaced, costs[column] + 1, costs[column - 1] + 1)
    return costs[-1] / len(said)
