"""Which sentences make the summary, given how salient each is."""

from __future__ import annotations

import math

import numpy as np

from samo.inference.summarizer.word_vectors import Floats, WordVectors

MAX_SENTENCES = 5
REDUNDANCY_WEIGHT = 0.3
SAME_SENTENCE = 0.8
"""A sentence with at least this cosine to a chosen one says the same again."""


def sentence_count(sentences: int) -> int:
    """How many of an entry's sentences its summary has.

    One or two are the whole entry; then the square root, rounded: 2 of 3 to 6, 3 of 7 to 12, 4 of 13 to 20, then 5.
    """
    return sentences if sentences <= 2 else min(MAX_SENTENCES, round(math.sqrt(sentences)))


def select(salience: Floats, vectors: WordVectors, count: int) -> list[int]:
    """At most `count` sentences, in the entry's order: salient, and unlike each other; the earlier of two equals.

    Maximal marginal relevance (Carbonell & Goldstein 1998). A repeated sentence is never taken twice, so there may be
    fewer than `count`.
    """
    chosen: list[int] = []
    redundancy = np.zeros(vectors.count)
    while len(chosen) < count:
        values = np.where(redundancy < SAME_SENTENCE, salience - REDUNDANCY_WEIGHT * redundancy, -np.inf)
        best = int(np.argmax(values))
        if not np.isfinite(values[best]):
            break
        chosen.append(best)
        redundancy = np.maximum(redundancy, vectors.similarities_to(best))
        redundancy[best] = 1.0
    return sorted(chosen)
