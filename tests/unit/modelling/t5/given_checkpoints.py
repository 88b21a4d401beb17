"""Checkpoints as Hugging Face writes them, from random weights and without its libraries."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from samo.modelling.t5.checkpoint import HEAD, T5Shape, Weights, is_tied
from samo.modelling.t5.random_tokenizer import random_tokenizer


def write_checkpoint(directory: Path, weights: Weights, shape: T5Shape) -> Path:
    """`config.json`, `model.safetensors` and `tokenizer.json`; a tied head is not written, as is usual."""
    directory.mkdir(parents=True, exist_ok=True)
    config = {
        "model_type": "t5",
        "vocab_size": shape.vocabulary,
        "d_model": shape.d_model,
        "d_kv": shape.d_kv,
        "d_ff": shape.d_ff,
        "num_heads": shape.heads,
        "num_layers": shape.encoder_layers,
        "num_decoder_layers": shape.decoder_layers,
        "feed_forward_proj": "gated-gelu" if shape.gated else "relu",
        "tie_word_embeddings": shape.scale_outputs,
        "architectures": ["T5ForConditionalGeneration"],
    }
    (directory / "config.json").write_text(json.dumps(config), encoding="utf-8")
    tied = is_tied(weights)
    write_safetensors(directory, {name: each for name, each in weights.items() if not (tied and name == HEAD)})
    random_tokenizer(shape.vocabulary).save(str(directory / "tokenizer.json"))
    return directory


def write_safetensors(directory: Path, weights: Weights, dtype: str = "F32") -> None:
    """The weights in this type: F32, F16 or BF16 (cut off, not rounded)."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    parts: list[bytes] = []
    offset = 0
    for name, weight in weights.items():
        if dtype == "BF16":
            raw = (np.ascontiguousarray(weight).view(np.uint32) >> 16).astype("<u2").tobytes()
        else:
            raw = weight.astype("<f4" if dtype == "F32" else "<f2").tobytes()
        header[name] = {"dtype": dtype, "shape": list(weight.shape), "data_offsets": [offset, offset + len(raw)]}
        offset += len(raw)
        parts.append(raw)
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    data = len(encoded).to_bytes(8, "little") + encoded + b"".join(parts)
    (directory / "model.safetensors").write_bytes(data)
