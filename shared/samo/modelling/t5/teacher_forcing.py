"""How far the INT8 model's next-token probabilities are from float32's, along the outputs of the latter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from samo.inference.probabilities import log_softmax
from samo.inference.t5.graphs import T5Graphs


class Divergence(NamedTuple):
    """Over all positions: mean Kullback–Leibler divergence in nats, and how often the likeliest token is the same."""

    kl: float
    agreement: float
    positions: int


def divergence(
    reference: T5Graphs, other: T5Graphs, documents: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]]
) -> Divergence:
    """Compare both on documents (end token last) whose outputs are given to both, token by token."""
    divergences: list[float] = []
    same: list[bool] = []
    for document, output in zip(documents, outputs, strict=True):
        decoders = [graphs.start([document], beams=1) for graphs in (reference, other)]
        for token in (reference.description.start_id, *output[:-1]):
            expected, found = (
                log_softmax(decoder.next_logits(np.array([token]))[0].astype(np.float64)) for decoder in decoders
            )
            divergences.append(float((np.exp(expected) * (expected - found)).sum()))
            same.append(int(expected.argmax()) == int(found.argmax()))
    return Divergence(kl=float(np.mean(divergences)), agreement=float(np.mean(same)), positions=len(same))
