"""The encoder: embedded tokens of one document to the keys and values that each decoder layer attends to."""

from __future__ import annotations

import onnx

from samo.modelling.t5.checkpoint import T5Shape, Weights
from samo.modelling.t5.graph import Graph, Precision, floats
from samo.modelling.t5.layers import Stack


def encoder_graph(weights: Weights, shape: T5Shape, precision: Precision) -> onnx.ModelProto:
    """The graph for one document of S tokens.

    Inputs: `inputs_embeds` [1, S, d_model], `position_bias` [1, heads, S, S]. Outputs by layer: `cross_key_…` and
    `cross_value_…` [1, heads, S, d_kv].

    The decoder's key and value projections are computed here, once per document instead of once per token.
    """
    graph = Graph()
    stack = Stack(graph, weights, shape, precision)
    for block in range(shape.encoder_layers):
        layer = f"encoder.block.{block}.layer"
        x, attention = stack.normed(f"{layer}.0.layer_norm"), f"{layer}.0.SelfAttention"
        merged = stack.product(x, *(f"{attention}.{part}" for part in "qkv"))
        parts = [f"{attention}.{part}.out" for part in "qkv"]
        query, key, value = graph.ops("Split", merged, outputs=parts, axis=-1, num_outputs=3)
        # T5 does not scale scores: its initialisation does.
        attended = graph.fused(
            "MultiHeadAttention", query, key, value, "", "", "position_bias", num_heads=shape.heads, scale=1.0
        )
        stack.add(stack.product(attended, f"{attention}.o"))
        stack.feed_forward(f"{layer}.1")
    states = stack.normed("encoder.final_layer_norm")

    # All projections of all layers in one product: the states are quantised once.
    names = [f"{kind}_{block}" for block in range(shape.decoder_layers) for kind in ("key", "value")]
    sources = [
        f"decoder.block.{block}.layer.1.EncDecAttention.{part}"
        for block in range(shape.decoder_layers)
        for part in "kv"
    ]
    merged = stack.product(states, *sources)
    projected = graph.ops(
        "Split", merged, outputs=[f"projected_{name}" for name in names], axis=-1, num_outputs=len(names)
    )
    heads = graph.integers(0, 0, shape.heads, shape.d_kv)
    outputs = []
    for name, product in zip(names, projected, strict=True):
        split = graph.op("Reshape", product, heads)
        output = graph.op("Transpose", split, perm=[0, 2, 1, 3], output=f"cross_{name}")
        outputs.append(floats(output, [1, shape.heads, "source", shape.d_kv]))
    inputs = [
        floats("inputs_embeds", [1, "source", shape.d_model]),
        floats("position_bias", [1, shape.heads, "source", "source"]),
    ]
    return graph.model(inputs, outputs)
