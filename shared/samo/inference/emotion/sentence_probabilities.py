"""What the product believes of each sentence: the classifier's probabilities, less what the sentence denies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from samo.domain.denied_feelings import DENIED_PROBABILITY, denied_labels
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.classifier import EmotionClassifier

Scores = npt.NDArray[np.float64]


def sentence_probabilities(classifier: EmotionClassifier, sentences: Sequence[str]) -> Scores:
    """The probabilities [sentences, 28] in the order of `LABELS`.

    A label that its sentence names only to deny it is no more probable than such labels turn out to be.
    """
    rows = classifier.probabilities(sentences).astype(np.float64)
    for row, text in zip(rows, sentences, strict=True):
        for label in denied_labels(text):
            column = LABELS.index(label)
            row[column] = min(row[column], DENIED_PROBABILITY)
    return rows
