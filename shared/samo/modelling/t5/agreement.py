"""How often INT8 writes what float32 writes: token by token along float32's outputs, and left to itself."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from samo.inference.t5.graphs import T5Graphs
from samo.inference.t5.model import generate
from samo.inference.t5.options import GenerationOptions
from samo.modelling.t5.bundle import write_bundle
from samo.modelling.t5.checkpoint import T5Shape
from samo.modelling.t5.random_tokenizer import random_tokenizer
from samo.modelling.t5.random_weights import T5_SMALL, random_weights
from samo.modelling.t5.teacher_forcing import divergence

INPUTS, NEW_TOKENS = 50, 16

TINY = T5Shape(
    vocabulary=640, d_model=32, d_kv=8, d_ff=64, heads=3, encoder_layers=3, decoder_layers=2,
    gated=True, scale_outputs=False,
)  # fmt: skip
SHAPES: Mapping[str, tuple[T5Shape, float]] = {"tiny": (TINY, 0.3), "t5-small": (T5_SMALL, 5.5)}
"""Name → shape, and how readily random weights end an output."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """INT8 against float32 on `n` inputs.

    Along float32's outputs: `tokens`, the share of positions with the same likeliest token, and `kl`, the mean
    divergence there in nats. Left to itself: `exact`, the share of outputs that are the same, and `prefix`, the mean
    share of float32's output before the first token that differs.
    """

    model: str
    search: str
    n: int
    tokens: float
    kl: float
    exact: float
    prefix: float


def agreement(
    name: str,
    models: tuple[T5Graphs, T5Graphs],
    inputs: Sequence[Sequence[int]],
    outputs: Sequence[Sequence[int]],
    options: GenerationOptions,
) -> Agreement:
    """Hold INT8, the second model, against float32, whose `outputs` for these inputs (no end token) are known."""
    float32, int8 = models
    ended = [[*document, float32.description.end_id] for document in inputs]
    diverged = divergence(float32, int8, ended, outputs)
    # One by one, as an entry comes.
    found = [generate(int8, [document], options)[0] for document in inputs]
    return Agreement(
        model=name,
        search="greedy" if options.beams == 1 else f"beam {options.beams}",
        n=len(inputs),
        tokens=diverged.agreement,
        kl=diverged.kl,
        exact=float(np.mean([list(one) == list(other) for one, other in zip(outputs, found, strict=True)])),
        prefix=float(np.mean([_common(one, other) / len(one) for one, other in zip(outputs, found, strict=True)])),
    )


def measure_agreement(*, threads: int) -> list[Agreement]:
    """Random weights in two shapes, greedy and beam 4."""
    measured = []
    for name, (shape, end) in SHAPES.items():
        with tempfile.TemporaryDirectory(prefix="samo-agreement-") as temporary:
            weights, tokenizer = (
                random_weights(shape, tied=shape.scale_outputs, end=end),
                random_tokenizer(shape.vocabulary),
            )
            folders = {quantised: Path(temporary) / str(quantised) for quantised in (False, True)}
            for quantised, folder in folders.items():
                write_bundle(weights, shape, tokenizer, folder, quantised=quantised)
            models = (T5Graphs(folders[False], threads=threads), T5Graphs(folders[True], threads=threads))
        source = np.random.default_rng(7)
        inputs = [source.integers(3, shape.vocabulary, length).tolist() for length in source.integers(4, 60, INPUTS)]
        for beams in (1, 4):
            options = GenerationOptions(beams=beams, max_new_tokens=NEW_TOKENS)
            outputs = [generate(models[0], [document], options)[0] for document in inputs]
            measured.append(agreement(name, models, inputs, outputs, options))
    return measured


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
