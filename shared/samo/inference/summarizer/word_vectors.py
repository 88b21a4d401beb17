"""Sentences as sparse TF-IDF vectors of unit length, small enough for entries of any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from samo.inference.summarizer.word_forms import WORD

Floats = npt.NDArray[np.float64]


class WordVectors:
    """A matrix [sentences, words] of which only the entries that are not zero are kept.

    Weights are term frequency × log(sentences / sentences with the word) + 1, rows have length 1 (or 0 without
    words), so that a product of two rows is their cosine. Memory and every product are linear in the words.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        self.count = len(sentences)
        columns: dict[str, int] = {}
        row_parts: list[int] = []
        column_parts: list[int] = []
        frequencies: list[int] = []
        for row, sentence in enumerate(sentences):
            for word, frequency in Counter(WORD.findall(sentence.casefold())).items():
                row_parts.append(row)
                column_parts.append(columns.setdefault(word, len(columns)))
                frequencies.append(frequency)
        self._rows = np.array(row_parts, dtype=np.intp)
        self._columns = np.array(column_parts, dtype=np.intp)
        self._width = len(columns)
        in_sentences = np.bincount(self._columns, minlength=self._width)
        weights = np.array(frequencies) * (np.log(self.count / in_sentences)[self._columns] + 1.0)
        norms = np.sqrt(np.bincount(self._rows, weights**2, minlength=self.count))
        self._weights = weights / norms[self._rows]

    def times(self, vector: Floats) -> Floats:
        """The matrix times a vector over words: [words] → [sentences]."""
        return np.asarray(np.bincount(self._rows, self._weights * vector[self._columns], self.count), dtype=np.float64)

    def transposed_times(self, vector: Floats) -> Floats:
        """The transposed matrix times a vector over sentences: [sentences] → [words]."""
        return np.asarray(np.bincount(self._columns, self._weights * vector[self._rows], self._width), dtype=np.float64)

    def similarities_to(self, sentence: int) -> Floats:
        """The cosine of every sentence with this one, each in [0, 1]."""
        alone = np.zeros(self.count)
        alone[sentence] = 1.0
        return self.times(self.transposed_times(alone))
