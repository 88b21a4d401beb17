"""The exported emotion model against the network it was exported from, on a small random BERT."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
import torch
from transformers import BertConfig, BertModel

from samo.modelling.emotion.export import export_float32
from samo.modelling.emotion.network import EmotionNetwork
from samo.modelling.emotion.outliers import move_outliers
from samo.modelling.emotion.quantisation import quantise

LABELS = 7
VOCABULARY = 200
# One, two and many rows; padding in the middle of a batch; longer than what was traced; the longest sequence allowed.
SHAPES = [[4], [9, 2], [3, 17, 8, 17, 5], [128], [512, 30]]


@pytest.fixture(scope="module")
def network() -> EmotionNetwork:
    """Two layers of four heads, weights far enough from zero that an error shows, biases and norms all different."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        initializer_range=0.2,
    )
    network = EmotionNetwork(BertModel(config, add_pooling_layer=False), LABELS)
    torch.nn.init.normal_(network.head.weight)
    for weights in network.parameters():
        if weights.ndim == 1:
            weights.data += 0.2 * torch.randn_like(weights)
    return network.eval()


@pytest.fixture(scope="module")
def float32_model(network: EmotionNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported network."""
    path = tmp_path_factory.mktemp("export") / "float32.onnx"
    export_float32(network, path)
    return path


def batch_of(lengths: list[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Random token ids and the mask for sequences of these lengths."""
    width = max(lengths)
    input_ids = np.random.default_rng(1).integers(1, VOCABULARY, (len(lengths), width))
    attention_mask = (np.arange(width) < np.array(lengths)[:, np.newaxis]).astype(np.int64)
    return input_ids * attention_mask, attention_mask


def run(
    model: Path, input_ids: npt.NDArray[np.int64], attention_mask: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Logits by ONNX Runtime on the CPU."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    (logits,) = session.run(["logits"], {"input_ids": input_ids, "attention_mask": attention_mask})
    return np.asarray(logits)


@pytest.mark.parametrize("lengths", SHAPES, ids=str)
def test_the_float32_export_computes_what_the_network_computes(
    network: EmotionNetwork, float32_model: Path, lengths: list[int]
) -> None:
    """To 1e-4, for batches of any shape and padding, with fused operators and all."""
    input_ids, attention_mask = batch_of(lengths)

    exported = run(float32_model, input_ids, attention_mask)

    with torch.inference_mode():
        expected = network(torch.from_numpy(input_ids), torch.from_numpy(attention_mask)).numpy()
    assert (len(lengths), LABELS) == exported.shape
    np.testing.assert_allclose(exported, expected, rtol=0.0, atol=1e-4)


def test_attention_and_layer_norms_are_fused(float32_model: Path) -> None:
    """A new version of the exporter must not quietly cost the fusions: they are most of the speed."""
    operators = [node.op_type for node in onnx.load(float32_model).graph.node]

    assert operators.count("Attention") == 2
    assert operators.count("LayerNormalization") == 4
    assert operators.count("BiasGelu") == 2
    assert operators.count("EmbedLayerNormalization") == 1


def test_outliers_move_into_the_weights_without_changing_the_result(network: EmotionNetwork, tmp_path: Path) -> None:
    """The products that read the outlier channel divide it first; what they give is the same."""
    with_outlier = copy.deepcopy(network)
    with torch.no_grad():
        dict(with_outlier.named_parameters())["encoder.encoder.layer.0.attention.output.LayerNorm.weight"][5] = 40.0
    export_float32(with_outlier, tmp_path / "float32.onnx")
    input_ids, attention_mask = batch_of([9] * 64)

    move_outliers(tmp_path / "float32.onnx", tmp_path / "even.onnx", input_ids.tolist())

    even, uneven = (run(tmp_path / name, input_ids, attention_mask) for name in ("even.onnx", "float32.onnx"))
    np.testing.assert_allclose(even, uneven, rtol=0.0, atol=1e-4)
    graph = onnx.load(tmp_path / "even.onnx").graph
    scales = {
        weight.name: onnx.numpy_helper.to_array(weight) for weight in graph.initializer if "outlier" in weight.name
    }
    (scale,) = (scale for name, scale in scales.items() if "layer.0/intermediate" in name)
    assert int(scale.argmin()) == 5


def test_int8_stays_close_to_float32(float32_model: Path, tmp_path: Path) -> None:
    """The logits keep their order of magnitude and nearly all of their variation."""
    input_ids, attention_mask = batch_of([9] * 64)
    quantise(float32_model, tmp_path / "int8.onnx")

    int8 = run(tmp_path / "int8.onnx", input_ids, attention_mask)

    float32 = run(float32_model, input_ids, attention_mask)
    assert np.corrcoef(int8.ravel(), float32.ravel())[0, 1] > 0.995


def test_int8_keeps_the_fused_operators_but_for_the_slow_one(float32_model: Path, tmp_path: Path) -> None:
    """Sum and norm in one are seven times as slow as apart, and biases belong to the products."""
    quantise(float32_model, tmp_path / "int8.onnx")

    operators = [node.op_type for node in onnx.load(tmp_path / "int8.onnx").graph.node]
    assert "SkipLayerNormalization" not in operators
    assert operators.count("QAttention") == 2
    assert operators.count("DynamicQuantizeMatMul") == 2 * 3 + 1
    assert operators.count("Add") == operators.count("LayerNormalization") == 4


def test_int8_multiplies_with_seven_bits_and_keeps_no_float32_matrix(float32_model: Path, tmp_path: Path) -> None:
    """No product can saturate a CPU without VNNI; embeddings are only looked up and use all eight bits."""
    quantise(float32_model, tmp_path / "int8.onnx")

    graph = onnx.load(tmp_path / "int8.onnx").graph
    weights = {weight.name: onnx.numpy_helper.to_array(weight) for weight in graph.initializer}
    matrices = {name: weight for name, weight in weights.items() if weight.ndim == 2 and min(weight.shape) > 1}
    multiplied = [weight for name, weight in matrices.items() if "embeddings" not in name]
    assert {np.dtype(np.int8), np.dtype(np.uint8)} == {matrix.dtype for matrix in matrices.values()}
    assert {np.dtype(np.int8)} == {weight.dtype for weight in multiplied}
    assert max(int(np.abs(weight.astype(np.int16)).max()) for weight in multiplied) == 64
