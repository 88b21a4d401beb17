"""Which sentences make the summary, given how salient each is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from samo.inference.summarizer.word_vectors import Floats, WordVectors

REDUNDANCY_WEIGHT = 0.3
SAME_SENTENCE = 0.8
"""A sentence with at least this cosine to a chosen one says the same again."""


def select(salience: Floats, vectors: WordVectors, words: Sequence[int], *, budget: float, most: int) -> list[int]:
    """Sentences in the entry's order: salient, and unlike each other; the earlier of two equals; at least one.

    They are taken as long as each brings the summary nearer to `budget` words, at most `most`. `words` is each
    sentence's number of words. A repeated sentence is never taken twice.
    """
    chosen: list[int] = []
    left = budget
    ordered = by_marginal_relevance(salience, vectors, redundancy_weight=REDUNDANCY_WEIGHT, same=SAME_SENTENCE)
    for best in islice(ordered, most):
        if chosen and words[best] / 2 > left:
            break
        chosen.append(best)
        left -= words[best]
    return sorted(chosen)


def by_marginal_relevance(
    relevance: Floats, vectors: WordVectors, *, redundancy_weight: float, same: float = 1.0
) -> Iterator[int]:
    """Sentences by maximal marginal relevance (Carbonell & Goldstein 1998), best first, the earlier of two equals.

    What counts is relevance minus `redundancy_weight` times the highest cosine with those before. A sentence with a
    cosine of at least `same` to one of them never comes. Each takes linear time.
    """
    redundancy = np.zeros(vectors.count)
    while (redundancy < same).any():
        values = np.where(redundancy < same, relevance - redundancy_weight * redundancy, -np.inf)
        best = int(np.argmax(values))
        yield best
        redundancy = np.maximum(redundancy, vectors.similarities_to(best))
        redundancy[best] = 1.0
