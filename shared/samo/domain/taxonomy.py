"""The three vocabularies of emotion, and how the scores of one become those of another.

The 28 GoEmotions labels and their grouping by Ekman's six emotions: Demszky et al. 2020, "GoEmotions: A Dataset of
Fine-Grained Emotions" (arXiv 2005.00547). The 12 journal emotions and all weights below are this product's own.
A vector of probabilities is in the order of `LABELS`, each in [0, 1]; more than one label may hold at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

LABELS = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy",
    "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)  # fmt: skip

NEUTRAL = "neutral"

EKMAN: Mapping[str, Sequence[str]] = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        "admiration", "amusement", "approval", "caring", "desire", "excitement", "gratitude", "joy", "love",
        "optimism", "pride", "relief",
    ),
    "sadness": ("disappointment", "embarrassment", "grief", "remorse", "sadness"),
    "surprise": ("confusion", "curiosity", "realization", "surprise"),
}  # fmt: skip


class JournalEmotion(NamedTuple):
    """`labels` are the same feeling under another name; `hints` often come with it without being it."""

    labels: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


# GoEmotions knows no tiredness and hardly calm, contentment and overwhelm: see `named_feelings`.
JOURNAL: Mapping[str, JournalEmotion] = {
    "anxious": JournalEmotion(("fear", "nervousness"), hints=("embarrassment",)),
    "calm": JournalEmotion(("relief",)),  # not neutral: a sentence without feeling is no sign of peace
    "content": JournalEmotion(("love",), hints=("approval", "caring")),
    "excited": JournalEmotion(("excitement",), hints=("curiosity", "desire", "surprise")),
    "frustrated": JournalEmotion(("anger", "annoyance", "disgust"), hints=("disapproval",)),
    "grateful": JournalEmotion(("gratitude",)),
    "happy": JournalEmotion(("amusement", "joy", "love"), hints=("excitement",)),
    "hopeful": JournalEmotion(("optimism",), hints=("desire",)),
    "overwhelmed": JournalEmotion(hints=("confusion", "nervousness")),
    "proud": JournalEmotion(("pride",), hints=("admiration",)),
    "sad": JournalEmotion(("disappointment", "grief", "remorse", "sadness")),
    "tired": JournalEmotion(),
}

HINT_WEIGHT = 0.25
"""Below `GROUP_THRESHOLD`: a hint adds weight to an emotion, it never decides alone."""

NAMED_PROBABILITY = 0.7
"""How far a feeling that the writer names is believed: about the precision of 49 hits in GoEmotions, read by hand."""

GROUP_THRESHOLD = 0.3
"""An Ekman or journal emotion with at least this score is present: the threshold with the best macro-F1 of both
groupings on GoEmotions' dev split, which changes little between 0.25 and 0.35."""

# Label: (valence, strength). The sign is GoEmotions' own grouping into positive, negative and ambiguous; the amounts
# are judgements in the spirit of the circumplex model (Russell 1980), coarse on purpose. Strength is what a sure
# reading of the label says about intensity: approval is a mild feeling, grief is not.
_CHARACTER: Mapping[str, tuple[float, float]] = {
    "admiration": (0.7, 0.6), "amusement": (0.7, 0.6), "anger": (-0.8, 1.0), "annoyance": (-0.5, 0.6),
    "approval": (0.4, 0.3), "caring": (0.5, 0.5), "confusion": (-0.1, 0.4), "curiosity": (0.1, 0.4),
    "desire": (0.3, 0.6), "disappointment": (-0.6, 0.6), "disapproval": (-0.4, 0.5), "disgust": (-0.8, 0.8),
    "embarrassment": (-0.5, 0.7), "excitement": (0.8, 1.0), "fear": (-0.8, 1.0), "gratitude": (0.8, 0.6),
    "grief": (-1.0, 1.0), "joy": (1.0, 0.9), "love": (0.9, 0.9), "nervousness": (-0.6, 0.8),
    "optimism": (0.6, 0.5), "pride": (0.8, 0.8), "realization": (0.0, 0.3), "relief": (0.6, 0.6),
    "remorse": (-0.7, 0.8), "sadness": (-0.9, 0.8), "surprise": (0.0, 0.7), "neutral": (0.0, 0.0),
}  # fmt: skip

# The same for what the writer may name.
_NAMED_CHARACTER: Mapping[str, tuple[float, float]] = {
    "calm": (0.6, 0.3),
    "content": (0.7, 0.4),
    "overwhelmed": (-0.7, 0.8),
    "proud": (0.8, 0.8),
    "tired": (-0.4, 0.4),
}


def ekman_scores(probabilities: Sequence[float]) -> dict[str, float]:
    """Ekman's six emotions, each in [0, 1]: that at least one of the group's labels holds, taken as independent."""
    by_label = dict(zip(LABELS, probabilities, strict=True))
    return {group: _any(by_label[label] for label in labels) for group, labels in EKMAN.items()}


def journal_scores(probabilities: Sequence[float], named: Collection[str] = ()) -> dict[str, float]:
    """The 12 journal emotions, each in [0, 1]: a label, the best hint or the writer's own word holds.

    `named` holds emotions that the text names as the writer's own (`named_feelings`).
    """
    by_label = dict(zip(LABELS, probabilities, strict=True))
    return {
        emotion: _any(
            [
                *(by_label[label] for label in signs.labels),
                HINT_WEIGHT * max((by_label[label] for label in signs.hints), default=0.0),
                NAMED_PROBABILITY if emotion in named else 0.0,
            ]
        )
        for emotion, signs in JOURNAL.items()
    }


def valence(probabilities: Sequence[float], named: Collection[str] = ()) -> float:
    """From -1 (unpleasant) to 1 (pleasant): the mean of labels and named feelings, where doubt counts as neutral."""
    signs = _signs(probabilities, named)
    return sum(p * pleasantness for p, (pleasantness, _) in signs) / max(1.0, sum(p for p, _ in signs))


def intensity(probabilities: Sequence[float], named: Collection[str] = ()) -> float:
    """From 0 (no emotion) to 1: the largest product of a feeling's probability and its strength."""
    return max(p * strength for p, (_, strength) in _signs(probabilities, named))


def _signs(probabilities: Sequence[float], named: Collection[str]) -> list[tuple[float, tuple[float, float]]]:
    read = [(p, _CHARACTER[label]) for label, p in zip(LABELS, probabilities, strict=True)]
    return read + [(NAMED_PROBABILITY, _NAMED_CHARACTER[emotion]) for emotion in sorted(named)]


def _any(probabilities: Iterable[float]) -> float:
    none = 1.0
    for probability in probabilities:
        none *= 1.0 - probability
    return 1.0 - none
