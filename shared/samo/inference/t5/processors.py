"""What changes the scores of next tokens before one is chosen: repetition penalty, banned n-grams, minimum length.

In the order of Hugging Face `generate`. Greedy search applies them to logits, beam search to log-probabilities.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samo.inference.t5.options import GenerationOptions

NEVER = np.float32(-np.inf)


def process(
    scores: npt.NDArray[np.float32], sequences: npt.NDArray[np.int64], options: GenerationOptions, end_id: int
) -> None:
    """Change `scores` [rows, vocabulary] in place; `sequences` [rows, L] are the tokens so far, start token first."""
    if options.repetition_penalty != 1.0:
        _penalise_repetition(scores, sequences, np.float32(options.repetition_penalty))
    if options.no_repeat_ngram:
        for row, sequence in zip(scores, sequences.tolist(), strict=True):
            row[banned_tokens(sequence, options.no_repeat_ngram)] = NEVER
    if sequences.shape[1] - 1 < options.min_new_tokens:
        scores[:, end_id] = NEVER


def banned_tokens(sequence: list[int], size: int) -> list[int]:
    """The tokens that would complete an n-gram of this size that the sequence holds already."""
    if len(sequence) + 1 < size:
        return []
    start = tuple(sequence[len(sequence) - size + 1 :])
    return [
        sequence[position + size - 1]
        for position in range(len(sequence) - size + 1)
        if tuple(sequence[position : position + size - 1]) == start
    ]


def _penalise_repetition(
    scores: npt.NDArray[np.float32], sequences: npt.NDArray[np.int64], penalty: np.float32
) -> None:
    """Keskar et al. 2019, "CTRL" (arXiv 1909.05858), with the sign taken into account."""
    seen = np.take_along_axis(scores, sequences, axis=1)
    np.put_along_axis(scores, sequences, np.where(seen < 0, seen * penalty, seen / penalty), axis=1)
