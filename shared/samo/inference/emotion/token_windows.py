"""Texts of any length to token sequences that a model takes, in batches of similar length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

OVERLAP_SHARE = 4
"""Neighbouring windows of a long text share a quarter of their tokens, so that no phrase is only seen cut in two."""

MAX_BATCH_ROWS = 16
MAX_BATCH_TOKENS = 1024
"""Padding included. Larger batches need more memory and are no faster on a CPU."""


class Window(NamedTuple):
    """Token ids, special tokens included, of a stretch of the text number `text`."""

    text: int
    ids: list[int]


def with_windows(tokenizer: Tokenizer, max_length: int) -> Tokenizer:
    """The tokenizer, set to cut what is longer than `max_length` tokens into overlapping windows."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length, stride=max_length // OVERLAP_SHARE)
    return tokenizer


def windows_of(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Window]:
    """At least one window for each text, in order."""
    return [
        Window(text, encoding.ids)
        for text, first in enumerate(tokenizer.encode_batch(list(texts)))
        for encoding in [first, *first.overflowing]
    ]


def batches_of(windows: Sequence[Window]) -> Iterator[list[int]]:
    """Window numbers, each once, shortest first; the same batches for the same windows."""
    batch: list[int] = []
    for number in sorted(range(len(windows)), key=lambda number: len(windows[number].ids)):
        if len(batch) == MAX_BATCH_ROWS or ((len(batch) + 1) * len(windows[number].ids) > MAX_BATCH_TOKENS and batch):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def padded(sequences: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """`input_ids` and `attention_mask`, both int64 [B, longest], padded with id 0 on the right."""
    width = max(map(len, sequences))
    input_ids = np.zeros((len(sequences), width), dtype=np.int64)
    attention_mask = np.zeros_like(input_ids)
    for row, sequence in enumerate(sequences):
        input_ids[row, : len(sequence)] = sequence
        attention_mask[row, : len(sequence)] = 1
    return input_ids, attention_mask
