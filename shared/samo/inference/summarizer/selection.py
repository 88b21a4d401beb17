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
    for best in islice(_most_relevant(salience, vectors), most):
        if chosen and words[best] / 2 > left:
            break
        chosen.append(best)
        left -= words[best]
    return sorted(chosen)


def select_within(salience: Floats, vectors: WordVectors, costs: Sequence[int], budget: int) -> list[int]:
    """Sentences as by `select`, as many as `budget` holds of their `costs`; in the entry's order, at least one."""
    chosen: list[int] = []
    left = budget
    for best in _most_relevant(salience, vectors):
        if chosen and costs[best] > left:
            break
        chosen.append(best)
        left -= costs[best]
    return sorted(chosen)


def _most_relevant(salience: Floats, vectors: WordVectors) -> Iterator[int]:
    """Sentences by maximal marginal relevance (Carbonell & Goldstein 1998), best first; each takes linear time."""
    redundancy = np.zeros(vectors.count)
    while (redundancy < SAME_SENTENCE).any():
        values = np.where(redundancy < SAME_SENTENCE, salience - REDUNDANCY_WEIGHT * redundancy, -np.inf)
        best = int(np.argmax(values))
        yield best
        redundancy = np.maximum(redundancy, vectors.similarities_to(best))
        redundancy[best] = 1.0
