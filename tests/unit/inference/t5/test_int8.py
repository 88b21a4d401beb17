"""The INT8 version: how near it is to float32, how small, and right on CPUs without VNNI."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from samo.inference.t5.graphs import T5Graphs
from samo.inference.t5.options import GenerationOptions
from samo.modelling.t5.agreement import agreement
from samo.modelling.t5.quantisation import EIGHT_BITS
from samo.modelling.t5.teacher_forcing import divergence
from tests.unit.inference.t5.conftest import Folder, Model
from tests.unit.inference.t5.given_t5 import GOLDEN, SEARCHES, VARIANTS

MOST_KL, LEAST_AGREEMENT = 0.02, 0.75
LEAST_EXACT, LEAST_PREFIX = 0.1, 0.3


@pytest.mark.parametrize("name", list(VARIANTS))
def test_next_tokens_are_those_of_float32_nearly_always(folder: Folder, model: Model, name: str) -> None:
    """Along the outputs of float32: 0.02 nats apart at most, and the same likeliest token in three of four places.

    Random weights amplify every error: real ones have fewer tokens that are about as likely as each other.
    """
    inputs = VARIANTS[name].inputs()[: 4 if name == "t5-small" else 20]
    outputs = model(name).generate(inputs, GenerationOptions(beams=1, max_new_tokens=12, min_new_tokens=8))
    documents = [[*ids, 1] for ids in inputs]

    found = divergence(
        T5Graphs(folder(name), threads=1), T5Graphs(folder(name, quantised=True), threads=1), documents, outputs
    )

    assert found.positions >= len(inputs) * 8
    assert found.kl < MOST_KL
    assert found.agreement > LEAST_AGREEMENT


@pytest.mark.parametrize("name", list(VARIANTS))
@pytest.mark.parametrize("search", ["greedy", "beam-4"])
def test_int8_agrees_with_the_golden_tokens_at_a_stated_rate(folder: Folder, name: str, search: str) -> None:
    """50 inputs along the tokens of transformers; and left to itself, though one other token makes another text.

    `samo bench agreement` prints the figures; the bounds are below them by what other CPUs may round.
    """
    variant = VARIANTS[name]
    outputs = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))[search]
    options = msgspec.structs.replace(SEARCHES[search], max_new_tokens=variant.max_new_tokens)
    models = (T5Graphs(folder(name), threads=1), T5Graphs(folder(name, quantised=True), threads=1))

    found = agreement(name, models, variant.inputs(), outputs, options)

    assert found.n == 50
    assert found.tokens >= LEAST_AGREEMENT
    assert found.kl <= MOST_KL
    assert found.exact >= LEAST_EXACT
    assert found.prefix >= LEAST_PREFIX


def test_t5_small_takes_no_more_than_65_mb(folder: Folder) -> None:
    """The embedding is the head: stored once, in eight bits."""
    size = sum(path.stat().st_size for path in folder("t5-small", quantised=True).iterdir())

    assert size <= 65_000_000


@pytest.mark.parametrize("name", ["relu-tied", "gated-untied", "t5-small"])
def test_the_embedding_is_what_the_file_holds_for_the_graph(folder: Folder, name: str) -> None:
    """Looked up by numpy, each vector is the float32 one to within half a step of its block; every token has one."""
    directory, weights = folder(name, quantised=True), VARIANTS[name].weights()
    graphs = T5Graphs(directory, threads=1)
    ids = np.arange(0, VARIANTS[name].shape.vocabulary, 37)

    vectors = graphs.embedding(ids)

    expected = weights["shared.weight"][ids]
    steps = np.abs(expected).max(axis=1, keepdims=True) / EIGHT_BITS
    assert (np.abs(vectors - expected) <= 1.01 * steps).all()


@pytest.mark.parametrize("name", list(VARIANTS))
def test_no_product_of_the_encoder_can_saturate(folder: Folder, name: str) -> None:
    """Two products of 8-bit activations and 7-bit weights fit into 16 bits, on CPUs without VNNI, too."""
    encoder = onnx.load(folder(name, quantised=True) / "encoder.onnx")

    weights = [numpy_helper.to_array(weight) for weight in encoder.graph.initializer]

    assert max(int(np.abs(weight.astype(np.int16)).max()) for weight in weights if weight.dtype == np.int8) == 64
    assert np.iinfo(np.int16).max >= 2 * 255 * 64


def test_t5_small_multiplies_in_int8_alone(folder: Folder) -> None:
    """No matrix stayed in float32, and no 8-bit block product falls back to the slow way."""
    directory = folder("t5-small", quantised=True)
    encoder, decoder = (
        onnx.load(directory / file, load_external_data=False) for file in ("encoder.onnx", "decoder.onnx")
    )

    operators = {node.op_type for node in encoder.graph.node}
    products = [node for node in decoder.graph.node if node.op_type == "MatMulNBits"]
    levels = {attribute.i for node in products for attribute in node.attribute if attribute.name == "accuracy_level"}
    assert "MatMul" not in operators
    # Of each layer: query, key and value at once, output; query, output again; two of the feed-forward. And the head.
    assert len(products) == 6 * 6 + 1
    assert levels == {4}
    # What ONNX Runtime 1.27, the oldest that the package accepts, can load.
    assert encoder.ir_version <= 10
