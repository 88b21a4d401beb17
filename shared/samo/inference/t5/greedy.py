"""Greedy search: the likeliest token, again and again."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from samo.inference.t5.description import T5Description
from samo.inference.t5.options import GenerationOptions
from samo.inference.t5.processors import process


class Decoder(Protocol):
    """Rows of tokens on their way, `beams` consecutive rows for each document."""

    def next_logits(self, tokens: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Append one token to each row; logits [rows, vocabulary] of the token after it."""

    def reorder(self, rows: npt.NDArray[np.int64]) -> None:
        """Let row i continue what was row `rows[i]`."""

    def keep(self, documents: npt.NDArray[np.bool_]) -> None:
        """Go on with the documents of this mask alone."""


def greedy_search(
    decoder: Decoder, documents: int, options: GenerationOptions, description: T5Description
) -> list[list[int]]:
    """The generated tokens of each document, the end token included where it was reached."""
    outputs: list[list[int]] = [[] for _ in range(documents)]
    running = np.arange(documents)
    sequences = np.full((documents, 1), description.start_id, dtype=np.int64)
    for _ in range(options.max_new_tokens):
        logits = decoder.next_logits(sequences[:, -1])
        process(logits, sequences, options, description.end_id)
        tokens = logits.argmax(axis=-1)
        sequences = np.concatenate([sequences, tokens[:, np.newaxis]], axis=1)
        for document, token in zip(running, tokens.tolist(), strict=True):
            outputs[document].append(token)
        going = tokens != description.end_id
        if not going.any():
            break
        if not going.all():
            decoder.keep(going)
            running, sequences = running[going], sequences[going]
    return outputs
