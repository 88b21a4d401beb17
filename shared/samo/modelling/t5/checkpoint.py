"""A Hugging Face T5 directory without torch: the shape in `config.json`, the weights in `model.safetensors`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from samo.domain.errors import SamoError

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"

Weights = dict[str, npt.NDArray[np.float32]]
"""Name in the checkpoint → float32; a product's weight is [out, in]."""

EMBEDDING = "shared.weight"
EMBEDDING_ALIASES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
HEAD = "lm_head.weight"


class CheckpointInvalid(SamoError):
    """The directory holds no T5 that can be built; the message names the file and what is wrong with it."""

    code = "checkpoint_invalid"


class T5Shape(NamedTuple):
    """The sizes of a T5, named as in its configuration. `gated`: the feed-forward is gated-gelu, else it is ReLU."""

    vocabulary: int
    d_model: int
    d_kv: int
    d_ff: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    gated: bool
    scale_outputs: bool
    buckets: int = 32
    max_distance: int = 128
    epsilon: float = 1e-6
    start_id: int = 0
    end_id: int = 1
    pad_id: int = 0


class _Config(msgspec.Struct, kw_only=True):
    model_type: str
    vocab_size: int
    d_model: int
    d_kv: int
    d_ff: int
    num_heads: int
    num_layers: int
    num_decoder_layers: int | None = None
    feed_forward_proj: str = "relu"
    relative_attention_num_buckets: int = 32
    relative_attention_max_distance: int = 128
    layer_norm_epsilon: float = 1e-6
    scale_decoder_outputs: bool | None = None
    tie_word_embeddings: bool = True
    decoder_start_token_id: int = 0
    eos_token_id: int = 1
    pad_token_id: int = 0


class _Tensor(msgspec.Struct):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def read_shape(directory: Path) -> T5Shape:
    """The shape that `config.json` states. Raises `CheckpointInvalid`."""
    try:
        config = msgspec.json.decode((directory / CONFIG_FILE).read_bytes(), type=_Config)
    except (OSError, msgspec.MsgspecError) as error:
        raise CheckpointInvalid(f"{directory / CONFIG_FILE}: {error}") from error
    if config.model_type != "t5" or config.feed_forward_proj not in ("relu", "gated-gelu"):
        kind = f"{config.model_type} with {config.feed_forward_proj}"
        raise CheckpointInvalid(f"{directory / CONFIG_FILE}: {kind} is no T5 with relu or gated-gelu")
    scale = config.scale_decoder_outputs
    return T5Shape(
        vocabulary=config.vocab_size,
        d_model=config.d_model,
        d_kv=config.d_kv,
        d_ff=config.d_ff,
        heads=config.num_heads,
        encoder_layers=config.num_layers,
        decoder_layers=config.num_decoder_layers or config.num_layers,
        gated=config.feed_forward_proj == "gated-gelu",
        # Before transformers 5 said it itself, an untied head implied it: T5 1.1 does not scale.
        scale_outputs=config.tie_word_embeddings if scale is None else scale,
        buckets=config.relative_attention_num_buckets,
        max_distance=config.relative_attention_max_distance,
        epsilon=config.layer_norm_epsilon,
        start_id=config.decoder_start_token_id,
        end_id=config.eos_token_id,
        pad_id=config.pad_token_id,
    )


def read_weights(directory: Path, shape: T5Shape) -> Weights:
    """All weights, in float32; a tied head is there under its own name, too. Raises `CheckpointInvalid`."""
    path = directory / WEIGHTS_FILE
    try:
        weights = _read_safetensors(path)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise CheckpointInvalid(f"{path} cannot be read as safetensors: {error}") from error
    _unite_embeddings(weights, path)
    weights.setdefault(HEAD, weights[EMBEDDING])
    expected = weight_shapes(shape)
    for name, size in expected.items():
        found = weights[name].shape if name in weights else None
        if found != size:
            raise CheckpointInvalid(f"{path}: {name} has the shape {found}, {CONFIG_FILE} asks for {size}")
    return {name: weights[name] for name in expected}


def _unite_embeddings(weights: Weights, path: Path) -> None:
    """Put the embedding under its own name: it may stand there under those of the stacks, or of a tied head alone."""
    aliases = [name for name in EMBEDDING_ALIASES if name in weights]
    for name in (*aliases, HEAD):
        if name in weights:
            weights.setdefault(EMBEDDING, weights[name])
    if EMBEDDING not in weights:
        raise CheckpointInvalid(
            f"{path} has no token embedding: neither {EMBEDDING} nor {', '.join(EMBEDDING_ALIASES)}"
        )
    for name in aliases:
        if not np.array_equal(weights[name], weights[EMBEDDING]):
            raise CheckpointInvalid(
                f"{path}: {name} has other values than the rest of the token embeddings; a T5 whose encoder and "
                "decoder have embeddings of their own cannot be built"
            )


def is_tied(weights: Weights) -> bool:
    """Whether the head is the embedding. The values say so: what configurations say differs between releases."""
    return weights[HEAD] is weights[EMBEDDING] or np.array_equal(weights[HEAD], weights[EMBEDDING])


def weight_shapes(shape: T5Shape) -> dict[str, tuple[int, ...]]:
    """Name → shape of every weight of a T5, in the checkpoint's order of computation."""
    model, inner = shape.d_model, shape.heads * shape.d_kv
    shapes: dict[str, tuple[int, ...]] = {EMBEDDING: (shape.vocabulary, model)}
    attention = {**dict.fromkeys("qkv", (inner, model)), "o": (model, inner)}
    inward = ("wi_0", "wi_1") if shape.gated else ("wi",)
    feed_forward = {**dict.fromkeys(inward, (shape.d_ff, model)), "wo": (model, shape.d_ff)}
    for stack, layers in (("encoder", shape.encoder_layers), ("decoder", shape.decoder_layers)):
        for block in range(layers):
            parts = {"SelfAttention": attention, "DenseReluDense": feed_forward}
            if stack == "decoder":
                parts = {"SelfAttention": attention, "EncDecAttention": attention, "DenseReluDense": feed_forward}
            for number, (part, products) in enumerate(parts.items()):
                layer = f"{stack}.block.{block}.layer.{number}"
                shapes |= {f"{layer}.{part}.{name}.weight": size for name, size in products.items()}
                shapes[f"{layer}.layer_norm.weight"] = (model,)
        bias = f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        shapes[bias] = (shape.buckets, shape.heads)
        shapes[f"{stack}.final_layer_norm.weight"] = (model,)
    return shapes | {HEAD: (shape.vocabulary, model)}


def _read_safetensors(path: Path) -> Weights:
    """The format is a length, a JSON header and rows; its own numpy reader knows no BF16."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    start = 8 + int(data[:8].view("<u8")[0])
    header = msgspec.json.decode(bytes(data[8:start]), type=dict[str, msgspec.Raw])
    header.pop("__metadata__", None)
    weights: Weights = {}
    for name, described in header.items():
        tensor = msgspec.json.decode(described, type=_Tensor)
        first, last = tensor.data_offsets
        raw = data[start + first : start + last]
        weights[name] = _float32(raw, tensor.dtype).reshape(tensor.shape)
    return weights


def _float32(raw: npt.NDArray[np.uint8], dtype: str) -> npt.NDArray[np.float32]:
    if dtype == "BF16":
        return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)
    if dtype not in ("F32", "F16"):
        raise ValueError(f"weights of type {dtype}")
    return np.array(raw.view("<f4" if dtype == "F32" else "<f2"), dtype=np.float32)
