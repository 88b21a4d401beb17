"""One step of the decoder: one token for each row, with the past of its row and the source of its document."""

from __future__ import annotations

import numpy as np
import onnx

from samo.modelling.t5.checkpoint import T5Shape, Weights
from samo.modelling.t5.graph import Graph, Precision, floats
from samo.modelling.t5.head import Head
from samo.modelling.t5.layers import Stack
from samo.modelling.t5.position_bias import decoder_table


def decoder_graph(weights: Weights, shape: T5Shape, precision: Precision, head: Head) -> onnx.ModelProto:
    """The graph of one step.

    Inputs: `inputs_embeds` [rows, 1, d_model]; `source_bias` [documents, 1, 1, S]; by layer `cross_key_…` and
    `cross_value_…` [documents, heads, S, d_kv], `past_key_…` and `past_value_…` [rows, heads, T, d_kv], T = 0 at first.
    Outputs: `logits` [rows, 1, vocabulary]; `present_key_…` and `present_value_…` [rows, heads, T + 1, d_kv].

    A document's rows are consecutive. They attend to its source as if they were positions of one query, so that keys
    and values are never repeated for each beam.
    """
    graph = Graph()
    stack = Stack(graph, weights, shape, precision)
    heads, width = shape.heads, shape.d_kv
    bias = _position_bias(graph, weights, shape)
    documents = graph.dimension("source_bias", 0)
    by_document = graph.op("Concat", documents, graph.integers(-1, heads, width), axis=0)
    by_row, merged_rows = graph.integers(-1, heads, 1, width), graph.integers(-1, 1, heads * width)
    for block in range(shape.decoder_layers):
        layer = f"decoder.block.{block}.layer"
        x, attention = stack.normed(f"{layer}.0.layer_norm"), f"{layer}.0.SelfAttention"
        merged = stack.product(x, *(f"{attention}.{part}" for part in "qkv"))
        parts = [f"{attention}.{part}.out" for part in "qkv"]
        split = graph.ops("Split", merged, outputs=parts, axis=-1, num_outputs=3)
        query, key, value = (graph.op("Reshape", part, by_row) for part in split)
        key = graph.op("Concat", f"past_key_{block}", key, axis=2, output=f"present_key_{block}")
        value = graph.op("Concat", f"past_value_{block}", value, axis=2, output=f"present_value_{block}")
        attended = _attention(graph, query, key, value, bias)
        stack.add(stack.product(graph.op("Reshape", attended, merged_rows), f"{attention}.o"))

        x, attention = stack.normed(f"{layer}.1.layer_norm"), f"{layer}.1.EncDecAttention"
        split_rows = graph.op("Reshape", stack.product(x, f"{attention}.q"), by_document)
        query = graph.op("Transpose", split_rows, perm=[0, 2, 1, 3])
        attended = _attention(graph, query, f"cross_key_{block}", f"cross_value_{block}", "source_bias")
        attended = graph.op("Transpose", attended, perm=[0, 2, 1, 3])
        stack.add(stack.product(graph.op("Reshape", attended, merged_rows), f"{attention}.o"))

        stack.feed_forward(f"{layer}.2")
    # The scale of tied models, free of charge in the last norm.
    scale = shape.d_model**-0.5 if shape.scale_outputs else 1.0
    head.product(graph, stack.normed("decoder.final_layer_norm", scale), output="logits")
    return graph.model(*_signature(shape))


def _attention(graph: Graph, query: str, key: str, value: str, bias: str) -> str:
    scores = graph.op("Add", graph.fused("FusedMatMul", query, key, transB=1), bias)
    return graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)


def _position_bias(graph: Graph, weights: Weights, shape: T5Shape) -> str:
    """[1, heads, 1, T + 1]: the query is the newest position, key i lies T - i back."""
    learnt = weights["decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    table = graph.weight("decoder.position_bias", decoder_table(learnt, shape))
    last = graph.op("Squeeze", graph.dimension("past_key_0", 2))
    minus_one = graph.constant(np.array(-1))
    back = graph.op("Range", last, minus_one, minus_one)
    return graph.op("Gather", table, graph.op("Min", back, graph.constant(np.array(shape.max_distance))), axis=3)


def _signature(shape: T5Shape) -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
    heads, width = shape.heads, shape.d_kv
    inputs = [floats("inputs_embeds", ["rows", 1, shape.d_model]), floats("source_bias", ["documents", 1, 1, "source"])]
    outputs = [floats("logits", ["rows", 1, shape.vocabulary])]
    names = [f"{kind}_{block}" for block in range(shape.decoder_layers) for kind in ("key", "value")]
    inputs += [floats(f"cross_{name}", ["documents", heads, "source", width]) for name in names]
    inputs += [floats(f"past_{name}", ["rows", heads, "past", width]) for name in names]
    outputs += [floats(f"present_{name}", ["rows", heads, "present", width]) for name in names]
    return inputs, outputs
