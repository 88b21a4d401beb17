"""Outlier channels move from activations into weights, and the function stays the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from samo.inference.t5.graphs import T5Graphs
from samo.inference.t5.model import load_t5
from samo.inference.t5.options import GenerationOptions
from samo.modelling.t5.activations import largest_activations
from samo.modelling.t5.checkpoint import Weights
from samo.modelling.t5.smoothing import smooth
from samo.modelling.t5.teacher_forcing import divergence
from tests.unit.inference.t5.given_t5 import VARIANTS, Variant, t5_manifest, write_version

OUTLIER = 200.0


def with_outliers(variant: Variant) -> Weights:
    """The same function with one channel of every encoder norm 200 times as large, as trained models have them."""
    weights = variant.weights()
    inward = ("wi_0", "wi_1") if variant.shape.gated else ("wi",)
    readers = {
        "encoder.final_layer_norm": [
            f"decoder.block.{block}.layer.1.EncDecAttention.{part}"
            for block in range(variant.shape.decoder_layers)
            for part in "kv"
        ]
    }
    for block in range(variant.shape.encoder_layers):
        layer = f"encoder.block.{block}.layer"
        readers[f"{layer}.0.layer_norm"] = [f"{layer}.0.SelfAttention.{part}" for part in "qkv"]
        readers[f"{layer}.1.layer_norm"] = [f"{layer}.1.DenseReluDense.{name}" for name in inward]
    for norm, products in readers.items():
        weights[f"{norm}.weight"][5] *= OUTLIER
        for product in products:
            weights[f"{product}.weight"][:, 5] /= OUTLIER
    return weights


@pytest.mark.parametrize("name", ["relu-tied", "gated-untied"])
def test_smoothing_keeps_the_function_and_makes_int8_better(tmp_path: Path, name: str) -> None:
    """In float32 nothing changes; in INT8 the outliers no longer cost the other channels their bits."""
    variant = VARIANTS[name]
    weights = with_outliers(variant)
    float32 = write_version(tmp_path / "float32", variant, weights=weights)
    inputs = variant.inputs()[:10]
    documents = [[*ids, 1] for ids in inputs]
    options = GenerationOptions(beams=1, max_new_tokens=12, min_new_tokens=12)
    outputs = load_t5(float32, t5_manifest(float32), threads=1).generate(inputs, options)

    maxima = largest_activations(float32, documents, outputs, threads=1)
    smoothed = smooth(weights, maxima, variant.shape, 0.5)

    versions = {
        "same": write_version(tmp_path / "same", variant, weights=smoothed),
        "rough": write_version(tmp_path / "rough", variant, weights=weights, quantised=True),
        "smooth": write_version(tmp_path / "smooth", variant, weights=smoothed, quantised=True),
    }
    reference = T5Graphs(float32, threads=1)
    kl = {
        kind: divergence(reference, T5Graphs(directory, threads=1), documents, outputs).kl
        for kind, directory in versions.items()
    }
    assert kl["same"] < 1e-6
    assert kl["smooth"] < kl["rough"] / 3


def test_every_product_is_watched(tmp_path: Path) -> None:
    """One that is not would be scaled by what others read."""
    variant = VARIANTS["gated-tied"]
    directory = write_version(tmp_path, variant)
    products = {
        name.removesuffix(".weight")
        for name, weight in variant.weights().items()
        if weight.ndim == 2 and not name.startswith(("shared", "lm_head")) and "relative" not in name
    }

    maxima = largest_activations(directory, [[5, 6, 1]], [[7, 8]], threads=1)

    assert maxima.keys() == products
    assert all(np.isfinite(channels).all() and channels.max() > 0 for channels in maxima.values())
    assert not list(directory.glob("*watched*"))
