"""Simple extractive summarizers from the literature, for comparison only: three sentences each, in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import numpy as np

from samo.domain.emotion import EmotionReading
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary, SummaryOptions, SummarySentence
from samo.domain.transcript import EngineUse
from samo.inference.summarizer.selection import by_marginal_relevance
from samo.inference.summarizer.word_vectors import Floats, WordVectors

SENTENCES = 3
DAMPING = 0.85
PAGERANK_STEPS = 100
RELEVANCE = 0.7

_WORD = re.compile(r"\w+")

Choice = Callable[[Sequence[str]], Sequence[int]]


class BaselineSummarizer:
    """The `Summarizer` port around a choice of sentences by their texts alone. `engine` is its name in the result."""

    def __init__(self, engine: str, choose: Choice) -> None:
        self._made_by = EngineUse(engine=engine, version=None)
        self._choose = choose

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """The chosen sentences; the reading is not looked at."""
        texts = [sentence.text for sentence in sentences]
        chosen = [sentences[index] for index in sorted(self._choose(texts) if texts else ())]
        text = " ".join(sentence.text for sentence in chosen)
        words = sum(len(sentence.split()) for sentence in texts)
        return Summary(
            recording=reading.recording,
            empty_reason=reading.empty_reason,
            method="extractive",
            options=SummaryOptions(focus="general"),
            windows=1 if sentences else 0,
            fallback_reason=None,
            text=text,
            sentences=tuple(SummarySentence(text=s.text, start_s=s.start_s, end_s=s.end_s) for s in chosen),
            key_emotions=(),
            compression=len(text.split()) / words if words else None,
            made_by=self._made_by if sentences else None,
            created_at=created_at,
        )


def lead(texts: Sequence[str]) -> Sequence[int]:
    """The first sentences: hard to beat for news, where the point comes first."""
    return range(min(SENTENCES, len(texts)))


def text_rank(texts: Sequence[str]) -> Sequence[int]:
    """Mihalcea & Tarau 2004, "TextRank: Bringing Order into Texts": PageRank over shared words. Quadratic time.

    The similarity of two sentences is the number of different words that both have, divided by the logarithms of their
    lengths; 0 where both are a single word.
    """
    words = [_WORD.findall(text.casefold()) for text in texts]
    kinds = [frozenset(sentence) for sentence in words]
    logarithms = np.log([max(1, len(sentence)) for sentence in words])
    shared = np.array([[len(one & other) for other in kinds] for one in kinds], dtype=np.float64)
    lengths = np.add.outer(logarithms, logarithms)
    similarities = np.divide(shared, lengths, out=np.zeros_like(shared), where=lengths > 0)
    np.fill_diagonal(similarities, 0.0)
    return _highest(_pagerank(similarities))


def centroid_mmr(texts: Sequence[str]) -> Sequence[int]:
    """Sentences like the whole and unlike each other: cosine with the centroid, and maximal marginal relevance.

    Radev et al. 2004, "Centroid-based summarization of multiple documents"; Carbonell & Goldstein 1998, with λ 0.7.
    """
    vectors = WordVectors(texts)
    centroid = vectors.transposed_times(np.ones(len(texts)))
    relevance = vectors.times(centroid / max(1e-12, float(np.linalg.norm(centroid))))
    # λ · relevance − (1 − λ) · redundancy has the same order as relevance − (1 − λ) / λ · redundancy.
    weight = (1.0 - RELEVANCE) / RELEVANCE
    return list(islice(by_marginal_relevance(relevance, vectors, redundancy_weight=weight), SENTENCES))


BASELINES: Mapping[str, Choice] = {"lead3": lead, "textrank": text_rank, "centroid": centroid_mmr}


def _pagerank(weights: Floats) -> Floats:
    """Weighted PageRank [n] of a symmetric graph [n, n]; what is linked to nothing gets the least."""
    steps = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    rank: Floats = np.ones(len(weights))
    for _ in range(PAGERANK_STEPS):
        rank = (1.0 - DAMPING) + DAMPING * (rank @ steps)
    return rank


def _highest(values: Floats) -> Sequence[int]:
    """Indices of the highest values; the earlier of two equals."""
    highest: list[int] = np.argsort(-values, kind="stable")[:SENTENCES].tolist()
    return highest
