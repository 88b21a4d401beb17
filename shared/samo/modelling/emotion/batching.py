"""Texts → token sequences → training batches of similar length, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

BATCHES_PER_BUCKET = 50


def load_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    """A tokenizer that truncates to `max_tokens`, special tokens included, and pads nothing."""
    tokenizer: Tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of each text, unpadded."""
    return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]


def training_batches(lengths: Sequence[int], batch_size: int, source: random.Random) -> list[list[int]]:
    """Row numbers of one epoch, every row once: shuffled, then sorted by length within buckets of 50 batches.

    Batches of similar length waste little on padding; sorting only within a bucket keeps their composition random.
    """
    rows = list(range(len(lengths)))
    source.shuffle(rows)
    bucket_size = batch_size * BATCHES_PER_BUCKET
    batches: list[list[int]] = []
    for start in range(0, len(rows), bucket_size):
        bucket = sorted(rows[start : start + bucket_size], key=lambda row: lengths[row])
        batches += [bucket[first : first + batch_size] for first in range(0, len(bucket), batch_size)]
    source.shuffle(batches)
    return batches
