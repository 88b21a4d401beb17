"""Outlier channels out of the activations: one channel of 28 among hundreds of 6 costs all of them two bits in INT8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from samo.inference.emotion.token_windows import Window, batches_of, padded

OUTLIER_MEDIANS = 3.0
"""A channel is an outlier above this many medians of all channels' largest values."""


def move_outliers(source: Path, target: Path, sequences: Sequence[list[int]]) -> None:
    """Write the float32 model again, outlier channels divided before each weight product and their rows multiplied.

    The model computes the same; its activations span a smaller range, and so quantise finer. `sequences` are the token
    ids that show which channels are outliers: a thousand texts of the training data. After Xiao et al. 2023,
    "SmoothQuant" (arXiv 2211.10438), for outliers only: scaling all channels costs the weights more than it gains.
    """
    model = onnx.load(source)
    weights = {weight.name: weight for weight in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in weights]
    largest = _largest_values(model, sorted({node.input[0] for node in products}), sequences)
    for node in products:
        channels = largest[node.input[0]]
        factors = np.maximum(1.0, channels / (OUTLIER_MEDIANS * np.median(channels))).astype(np.float32)
        if factors.max() > 1.0:
            _move(model.graph, node, weights[node.input[1]], factors)
    onnx.save(model, target)


def _largest_values(
    model: onnx.ModelProto, names: Sequence[str], sequences: Sequence[list[int]]
) -> dict[str, npt.NDArray[np.float32]]:
    """The largest absolute value of each channel, [channels], of the named activations [B, S, channels]."""
    observed = onnx.ModelProto()
    observed.CopyFrom(model)
    observed.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(observed.SerializeToString(), providers=["CPUExecutionProvider"])
    largest: dict[str, npt.NDArray[np.float32]] = {}
    for rows in batches_of([Window(row, sequence) for row, sequence in enumerate(sequences)]):
        input_ids, attention_mask = padded([sequences[row] for row in rows])
        activations = session.run(list(names), {"input_ids": input_ids, "attention_mask": attention_mask})
        for name, activation in zip(names, activations, strict=True):
            batch = np.abs(activation[attention_mask.astype(np.bool_)]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, batch), batch)
    return largest


def _move(
    graph: onnx.GraphProto, product: onnx.NodeProto, weight: onnx.TensorProto, factors: npt.NDArray[np.float32]
) -> None:
    scaled = numpy_helper.to_array(weight) * factors[:, np.newaxis]
    weight.CopyFrom(numpy_helper.from_array(scaled, weight.name))
    divisor, divided = f"{product.name}/outlier_scale", f"{product.name}/outlier_scaled"
    graph.initializer.append(numpy_helper.from_array(1.0 / factors, divisor))
    division = helper.make_node("Mul", [product.input[0], divisor], [divided], name=f"{product.name}/outliers")
    graph.node.insert(list(graph.node).index(product), division)
    product.input[0] = divided
