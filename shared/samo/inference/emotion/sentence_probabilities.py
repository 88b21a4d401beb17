"""What the product believes of each sentence: the classifier's probabilities, less what is denied or felt by others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from samo.domain.denied_feelings import DENIED_PROBABILITY, denied_labels
from samo.domain.others_feelings import OTHERS_PROBABILITY, others_labels
from samo.domain.taxonomy import LABELS
from samo.inference.emotion.classifier import EmotionClassifier, Probabilities

Scores = npt.NDArray[np.float64]


def sentence_probabilities(classifier: EmotionClassifier, sentences: Sequence[str]) -> Scores:
    """The probabilities [sentences, 28] in the order of `LABELS`, of sentences `as_meant`."""
    return of_the_writer(classifier.probabilities(sentences), sentences)


def of_the_writer(probabilities: Probabilities, sentences: Sequence[str]) -> Scores:
    """The probabilities [sentences, 28] that the writer feels what the classifier reads.

    A label that its sentence names only to deny it, or as what others feel, is no more probable than such labels turn
    out to be.
    """
    rows = probabilities.astype(np.float64)
    for row, sentence in zip(rows, sentences, strict=True):
        _cap(row, denied_labels(sentence), DENIED_PROBABILITY)
        _cap(row, others_labels(sentence), OTHERS_PROBABILITY)
    return rows


def _cap(row: Scores, labels: Collection[str], probability: float) -> None:
    columns = [LABELS.index(label) for label in labels]
    row[columns] = np.minimum(row[columns], probability)
