"""Every aggregation held against what people perceived in whole entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from samo.domain.sentences import written_sentences
from samo.domain.taxonomy import ekman_scores
from samo.inference.emotion.classifier import EmotionClassifier
from samo.inference.emotion.sentence_probabilities import sentence_probabilities
from samo.modelling.bootstrap import Floats, Interval, draws, interval
from samo.modelling.entries.aggregations import AGGREGATIONS, PRODUCT, aggregated
from samo.modelling.entries.examples import EntryExample
from samo.modelling.entries.halves import Halves, choose_on_halves
from samo.modelling.entries.lengths import LengthFigures, ReadPosts, ekman_column, figures_by_length, label_counts
from samo.modelling.entries.ranking import Weights, average_precision, rank_correlation, roc_auc

SEED = 0
Advance = Callable[[], None]


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """How well scores tell entries with an emotion from those without it."""

    roc_auc: Interval
    average_precision: Interval


class AggregationEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One aggregation. `macro`: means over the emotions. `above_product`: less the product's, a paired interval.

    `labels_by_sentences`: Spearman's correlation of an entry's number of labels with that of its sentences.
    """

    macro: Ranking
    above_product: Ranking
    per_emotion: dict[str, Ranking]
    labels_by_sentences: float
    lengths: dict[int, LengthFigures]


class EntryEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What `samo evaluate entries --json` prints: `n` entries, those with each emotion, and every aggregation."""

    model: str
    n: int
    support: dict[str, int]
    product: str
    aggregations: dict[str, AggregationEvaluation]
    halves: Halves


def read_posts(
    examples: Sequence[EntryExample], emotions: Sequence[str], classifier: EmotionClassifier, *, advance: Advance
) -> ReadPosts:
    """Read each entry once, sentence by sentence, as the product does."""
    rows = []
    for example in examples:
        sentences = [classifier.as_meant(sentence) for sentence in written_sentences(example.text)]
        probabilities = sentence_probabilities(classifier, sentences)
        ekman = [list(ekman_scores(row).values()) for row in probabilities.tolist()]
        rows.append(np.concatenate([probabilities, ekman], axis=1))
        advance()
    present = np.array([[emotion in example.emotions for emotion in emotions] for example in examples])
    return ReadPosts(rows, present, emotions, classifier.thresholds.astype(np.float64))


def evaluate_entries(posts: ReadPosts, model: str, *, advance: Advance) -> EntryEvaluation:
    """All figures of all aggregations; `model` names the version that read the posts. `advance` counts the splits."""
    scores = dict(zip(AGGREGATIONS, aggregated(posts.rows), strict=True))
    sentences = [len(rows) for rows in posts.rows]
    # The figure itself stands before its resamples.
    weights = np.vstack([np.ones(len(sentences), dtype=np.int64), draws(len(sentences))])
    ranked = {
        name: {
            emotion: _ranked(each[:, ekman_column(emotion)], posts, column, weights)
            for column, emotion in enumerate(posts.emotions)
        }
        for name, each in scores.items()
    }
    macro = {name: np.mean(list(each.values()), axis=0) for name, each in ranked.items()}
    lengths = figures_by_length(posts, SEED)
    evaluations = {
        name: AggregationEvaluation(
            macro=_ranking(macro[name]),
            above_product=_ranking(macro[name] - macro[PRODUCT]),
            per_emotion={emotion: _ranking(figures) for emotion, figures in ranked[name].items()},
            labels_by_sentences=rank_correlation(label_counts(each, posts.thresholds), sentences),
            lengths=lengths[name],
        )
        for name, each in scores.items()
    }
    return EntryEvaluation(
        model=model,
        n=len(sentences),
        support=dict(zip(posts.emotions, posts.present.sum(axis=0).tolist(), strict=True)),
        product=PRODUCT,
        aggregations=evaluations,
        halves=choose_on_halves(posts, advance=advance),
    )


def _ranked(scores: Floats, posts: ReadPosts, column: int, weights: Weights) -> Floats:
    """ROC-AUC and average precision, [2, 1 + resamples]."""
    present = posts.present[:, column]
    return np.array([measure(scores, present, weights) for measure in (roc_auc, average_precision)])


def _ranking(figures: Floats) -> Ranking:
    auc, precision = (interval(float(each[0]), each[1:]) for each in figures)
    return Ranking(roc_auc=auc, average_precision=precision)
