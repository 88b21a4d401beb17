"""Random T5 models as published versions: every variant in miniature, and t5-small in its true size."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from samo.inference.model_store.manifest import Manifest, Provenance
from samo.inference.model_store.publishing import describe
from samo.inference.t5.options import GenerationOptions
from samo.modelling.t5.bundle import write_bundle
from samo.modelling.t5.checkpoint import T5Shape, Weights
from samo.modelling.t5.random_tokenizer import random_tokenizer
from samo.modelling.t5.random_weights import T5_SMALL, random_weights

GOLDEN = Path(__file__).parents[3] / "golden" / "t5"
INPUTS = 50

TINY = T5Shape(
    vocabulary=640, d_model=32, d_kv=8, d_ff=64, heads=3, encoder_layers=3, decoder_layers=2,
    gated=False, scale_outputs=True,
)  # fmt: skip


class Variant(NamedTuple):
    """A kind of T5. `lengths` bound the inputs, in tokens; `end` makes outputs end early and late."""

    shape: T5Shape
    tied: bool
    end: float
    lengths: tuple[int, int]
    max_new_tokens: int

    def weights(self) -> Weights:
        """The same on every machine."""
        return random_weights(self.shape, tied=self.tied, end=self.end)

    def inputs(self) -> list[list[int]]:
        """Token ids without the end token; the first document is as short, the second as long as any."""
        source = np.random.default_rng(7)
        shortest, longest = self.lengths
        lengths = [shortest, longest, *source.integers(shortest, longest, INPUTS - 2).tolist()]
        return [source.integers(3, self.shape.vocabulary, length).tolist() for length in lengths]


# In every one heads * d_kv differs from d_model. Inputs of 1 to 150 tokens: the last bucket of distances begins at 113.
VARIANTS = {
    "relu-tied": Variant(TINY, True, 0.4, (0, 150), 24),
    "relu-untied": Variant(TINY._replace(scale_outputs=False), False, 0.3, (0, 150), 24),
    "gated-tied": Variant(TINY._replace(gated=True), True, 0.25, (0, 150), 24),
    "gated-untied": Variant(TINY._replace(gated=True, scale_outputs=False), False, 0.3, (0, 150), 24),
    "t5-small": Variant(T5_SMALL, True, 5.5, (4, 60), 16),
}

SEARCHES = {
    "greedy": GenerationOptions(beams=1),
    "beam-4": GenerationOptions(beams=4),
    "greedy-no-repeat-3": GenerationOptions(beams=1, no_repeat_ngram=3, min_new_tokens=6),
    "greedy-repetition": GenerationOptions(beams=1, repetition_penalty=1.5),
    "beam-4-early": GenerationOptions(no_repeat_ngram=3, length_penalty=2.0, early_stopping=True, min_new_tokens=8),
    "beam-4-never": GenerationOptions(no_repeat_ngram=2, length_penalty=0.6, early_stopping="never"),
    "beam-3-short": GenerationOptions(beams=3, length_penalty=-1.0, repetition_penalty=1.3),
    "beam-4-no-penalty": GenerationOptions(length_penalty=0.0, early_stopping="never", no_repeat_ngram=1),
}
"""`max_new_tokens` is the variant's."""

# The true size is searched in the two ways that matter most: the rest is the same code.
SMALL_SEARCHES = ("greedy", "beam-4")


def searches_of(name: str) -> tuple[str, ...]:
    """The searches that are proved on this variant."""
    return SMALL_SEARCHES if name == "t5-small" else tuple(SEARCHES)


def write_version(
    directory: Path, variant: Variant, *, quantised: bool = False, weights: Weights | None = None
) -> Path:
    """All files of a version, in `directory`."""
    tokenizer = random_tokenizer(variant.shape.vocabulary)
    write_bundle(weights or variant.weights(), variant.shape, tokenizer, directory, quantised=quantised)
    return directory


def t5_manifest(directory: Path) -> Manifest:
    """The manifest of these files."""
    return Manifest(
        task="summarization",
        version="random-1",
        engine="onnx",
        files=describe(directory),
        licence="Apache-2.0",
        provenance=Provenance(base="random weights", data="none", command="pytest"),
        created_at="2026-11-20T09:30:00Z",
        max_length=512,
    )
