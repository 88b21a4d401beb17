"""float32 ONNX → INT8 ONNX with the graph that ONNX Runtime would optimise at every start, optimised once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnx
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic

SLOW_FUSION = "SkipLayerNormFusion"
"""A sum and its layer norm as one kernel, which in ONNX Runtime 1.31 takes seven times as long as the two."""


def quantise(source: Path, target: Path) -> None:
    """Quantise all weights, the embedding table included, and activations as they come.

    Weights take 7 bits (`reduce_range`), per channel: with 8 bits, CPUs without VNNI add two products into 16 bits and
    saturate in silence. Results are then the same on every CPU, and per-channel scales win back the lost bit.
    """
    with tempfile.TemporaryDirectory() as directory:
        quantised = Path(directory) / "quantised.onnx"
        quantize_dynamic(
            source,
            quantised,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            # Shape inference stops at fused operators; all weights behind them are float32.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        _optimise(quantised, target)


def _optimise(source: Path, target: Path) -> None:
    options = onnxruntime.SessionOptions()
    # "Extended" keeps to rewrites that every CPU can run; "all" would bake in the layout of this one.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(
        str(source), options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW_FUSION]
    )
