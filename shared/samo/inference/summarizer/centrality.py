"""How central a sentence is among the others, wherever it stands."""

from __future__ import annotations

import numpy as np

from samo.inference.summarizer.word_vectors import Floats, WordVectors

DAMPING = 0.85
MAX_STEPS = 50
TOLERANCE = 1e-6


def centrality(vectors: WordVectors) -> Floats:
    """Continuous LexRank (Erkan & Radev 2004, "LexRank: Graph-based Lexical Centrality"): [sentences], highest 1.

    The stationary distribution of a walk from sentence to sentence along their cosines. The matrix of cosines is the
    product of the word vectors with themselves and is never built: a step costs two sparse products.
    """
    count = vectors.count
    degrees = np.maximum(_cosines_times(vectors, np.ones(count)), 1e-12)
    rank = np.full(count, 1.0 / count)
    for _ in range(MAX_STEPS):
        following = (1.0 - DAMPING) / count + DAMPING * _cosines_times(vectors, rank / degrees)
        following /= following.sum()
        moved = np.abs(following - rank).sum()
        rank = following
        if moved < TOLERANCE:
            break
    highest: Floats = rank / rank.max()
    return highest


def _cosines_times(vectors: WordVectors, vector: Floats) -> Floats:
    return vectors.times(vectors.transposed_times(vector))
