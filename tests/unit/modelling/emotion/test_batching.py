"""Batches: every row once, neighbours of similar length, the same for the same seed."""

from __future__ import annotations

import random

from samo.modelling.emotion.batching import training_batches


def test_an_epoch_holds_every_row_once() -> None:
    """A last batch that is not full is trained on too."""
    lengths = [random.Random(1).randint(3, 48) for _ in range(1000)]

    batches = training_batches(lengths, 32, random.Random(2))

    assert list(range(1000)) == sorted(row for batch in batches for row in batch)


def test_rows_of_a_training_batch_have_similar_lengths() -> None:
    """Less than a tenth of a batch is padding, where batches of random rows would waste nearly half."""
    source = random.Random(1)
    lengths = [source.randint(3, 48) for _ in range(4000)]

    batches = training_batches(lengths, 32, random.Random(2))

    padded = sum(len(batch) * max(lengths[row] for row in batch) for batch in batches)
    assert padded < 1.1 * sum(lengths)


def test_the_same_seed_gives_the_same_epoch() -> None:
    """A resumed epoch goes on with the batches of the interrupted one; another seed shuffles anew."""
    lengths = [5, 9, 3, 7] * 50

    epoch = training_batches(lengths, 8, random.Random("1/0"))

    assert training_batches(lengths, 8, random.Random("1/0")) == epoch
    assert training_batches(lengths, 8, random.Random("1/1")) != epoch
