"""What the rules around the classifier find in labelled rows, and what they do to its decisions and probabilities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from samo.domain.denied_feelings import denied_labels
from samo.domain.others_feelings import others_labels
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.classifier import EmotionClassifier
from samo.inference.emotion.sentence_probabilities import sentence_probabilities
from samo.modelling.emotion.dataset import Example
from samo.modelling.emotion.evaluation import Probabilities, Targets, calibration_error, label_f1, micro_f1

_WORD = re.compile(r"[^\W\d_]+")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Labels that a rule doubts, those of them that the annotators gave all the same, and the texts of these."""

    labels: int
    annotated: int
    texts: tuple[str, ...]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """F1 at the model's thresholds and expected calibration error, as `samo evaluate emotion` has them."""

    macro_f1: float
    micro_f1: float
    ece: float


class RulesEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What `samo evaluate rules --json` prints. `mended` counts each "written → meant", the most frequent first."""

    model: str
    n: int
    words: int
    mended: dict[str, int]
    denied: Found
    others: Found
    alone: Figures
    with_rules: Figures


def evaluate_rules(
    classifier: EmotionClassifier,
    examples: Sequence[Example],
    targets: Targets,
    thresholds: Mapping[str, float],
    model: str,
) -> RulesEvaluation:
    """Read the N examples with and without the rules; targets [N, 28] and `thresholds` in the order of `LABELS`."""
    texts = [example.text for example in examples]
    meant = [classifier.as_meant(text) for text in texts]
    alone = classifier.probabilities(texts).astype(np.float64)
    with_rules = sentence_probabilities(classifier, meant)
    limits = np.array([thresholds[label] for label in LABELS])
    written = [word for text in texts for word in _WORD.findall(text)]
    mended = Counter(
        f"{before.lower()} → {after}"
        for before, after in zip(written, (word for text in meant for word in _WORD.findall(text)), strict=True)
        if before != after
    )
    return RulesEvaluation(
        model=model,
        n=len(texts),
        words=len(written),
        mended=dict(mended.most_common()),
        denied=_found(denied_labels, meant, targets),
        others=_found(others_labels, meant, targets),
        alone=_figures(alone, targets, limits),
        with_rules=_figures(with_rules, targets, limits),
    )


def _found(rule: Callable[[str], frozenset[str]], texts: Sequence[str], targets: Targets) -> Found:
    doubted = [[LABELS.index(label) for label in rule(text)] for text in texts]
    annotated = [int(row[columns].sum()) for columns, row in zip(doubted, targets, strict=True)]
    return Found(
        labels=sum(map(len, doubted)),
        annotated=sum(annotated),
        texts=tuple(text for text, count in zip(texts, annotated, strict=True) if count),
    )


def _figures(probabilities: Probabilities, targets: Targets, limits: Probabilities) -> Figures:
    decisions = probabilities >= limits
    return Figures(
        macro_f1=float(label_f1(decisions, targets).mean()),
        micro_f1=micro_f1(decisions, targets),
        ece=calibration_error(probabilities, targets),
    )
