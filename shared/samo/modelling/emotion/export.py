"""The trained network as files that run without torch: `model.onnx` in float32, and `tokenizer.json`."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer

from samo.modelling.emotion.network import EmotionNetwork

OPSET = 17
OUTPUT = "logits"


def export_float32(network: EmotionNetwork, path: Path) -> None:
    """Write the network as ONNX, then fuse attention, GELU and embeddings into ONNX Runtime's CPU kernels.

    Inputs `input_ids` and `attention_mask` int64 [B, S], output `logits` float32 [B, label_count]; B and S are free.
    Leaves the network on the CPU, in evaluation mode.
    """
    network.cpu().eval()
    # The fusions know the operators of plain attention, not those of the scaled-dot-product kernel.
    network.encoder.set_attn_implementation("eager")
    # The masked position matters: the encoder drops a mask that hides nothing, and the trace would go without one.
    input_ids = torch.tensor([[1, 2, 3], [1, 2, 0]])
    with warnings.catch_warnings():
        # The exporter that torch.export replaces is the one whose graphs the fusions below recognise.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (input_ids, (input_ids != 0).long()),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=[OUTPUT],
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "tokens"},
                OUTPUT: {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    _fuse(path, network)


def append_scaling(path: Path, scales: npt.NDArray[np.float64], shifts: npt.NDArray[np.float64]) -> None:
    """Rewrite a model so that its output `logits` is what it was, times `scales` plus `shifts`, [label_count] each.

    The runtime then needs to know of no calibration but a temperature.
    """
    model = onnx.load(path)
    graph = model.graph
    (last,) = (node for node in graph.node if OUTPUT in node.output)
    last.output[list(last.output).index(OUTPUT)] = "unscaled_logits"
    graph.initializer.extend(
        numpy_helper.from_array(values.astype(np.float32), name)
        for name, values in (("label_scales", scales), ("label_shifts", shifts))
    )
    graph.node.extend(
        [
            helper.make_node("Mul", ["unscaled_logits", "label_scales"], ["scaled_logits"], name="calibration/scale"),
            helper.make_node("Add", ["scaled_logits", "label_shifts"], [OUTPUT], name="calibration/shift"),
        ]
    )
    onnx.save(model, path)


def export_tokenizer(source: Path, target: Path) -> None:
    """Copy a tokenizer without its padding and truncation: both belong to the one who runs it."""
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(target), pretty=False)


def _fuse(path: Path, network: EmotionNetwork) -> None:
    options = FusionOptions("bert")
    # The mask comes as zeros and ones per token, so the fused attention may take it as it is.
    options.use_raw_attention_mask(use_raw_mask=True)
    # The runtime's kernel for a sum and its norm in one is seven times as slow as those for the two.
    options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = False
    fused = optimize_model(
        str(path),
        model_type="bert",
        num_heads=network.encoder.config.num_attention_heads,
        hidden_size=network.encoder.config.hidden_size,
        optimization_options=options,
        opt_level=0,
    )
    fused.save_model_to_file(str(path))
