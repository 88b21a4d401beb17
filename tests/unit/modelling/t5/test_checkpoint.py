"""Reading a Hugging Face T5 without torch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from samo.modelling.t5.checkpoint import (
    EMBEDDING,
    EMBEDDING_ALIASES,
    HEAD,
    CheckpointInvalid,
    is_tied,
    read_shape,
    read_weights,
)
from samo.modelling.t5.random_weights import random_weights
from tests.unit.inference.t5.given_t5 import TINY, VARIANTS
from tests.unit.modelling.t5.given_checkpoints import write_checkpoint, write_safetensors

VARIANT_NAMES = [name for name in VARIANTS if name != "t5-small"]


@pytest.mark.parametrize("name", VARIANT_NAMES)
def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path, name: str) -> None:
    """Shape and weights of every variant; a tied head is not in the file and is there all the same."""
    variant = VARIANTS[name]
    directory = write_checkpoint(tmp_path, variant.weights(), variant.shape)

    shape = read_shape(directory)
    weights = read_weights(directory, shape)

    assert shape == variant.shape
    assert is_tied(weights) == variant.tied
    assert weights.keys() == variant.weights().keys()
    assert all(np.array_equal(weights[name], expected) for name, expected in variant.weights().items())


@pytest.mark.parametrize("kept", [(), (EMBEDDING,)], ids=["alone", "beside"])
@pytest.mark.parametrize("aliases", [EMBEDDING_ALIASES, EMBEDDING_ALIASES[:1], EMBEDDING_ALIASES[1:]])
def test_an_embedding_under_the_names_of_the_stacks_is_the_embedding(
    tmp_path: Path, aliases: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    """As some exporters write it, instead of the shared name or beside it; a head of its own is not taken for it."""
    expected = random_weights(TINY, tied=False)
    write_checkpoint(tmp_path, expected, TINY)
    others = {name: each for name, each in expected.items() if name != EMBEDDING}
    write_safetensors(tmp_path, {**others, **dict.fromkeys((*aliases, *kept), expected[EMBEDDING])})

    weights = read_weights(tmp_path, TINY)

    assert weights.keys() == expected.keys()
    assert all(np.array_equal(weights[name], each) for name, each in expected.items())


def test_embeddings_that_differ_between_the_stacks_are_refused(tmp_path: Path) -> None:
    """The version has one table: the reason names the one that differs."""
    weights = random_weights(TINY, tied=False)
    write_checkpoint(tmp_path, weights, TINY)
    write_safetensors(tmp_path, {**weights, EMBEDDING_ALIASES[1]: weights[EMBEDDING] + 1})

    with pytest.raises(CheckpointInvalid, match=r"decoder\.embed_tokens\.weight has other values"):
        read_weights(tmp_path, TINY)


def test_a_checkpoint_without_an_embedding_is_refused(tmp_path: Path) -> None:
    """With all names that were looked for."""
    weights = random_weights(TINY, tied=False)
    write_checkpoint(tmp_path, weights, TINY)
    write_safetensors(tmp_path, {name: each for name, each in weights.items() if name not in (EMBEDDING, HEAD)})

    with pytest.raises(CheckpointInvalid, match=r"no token embedding: neither shared\.weight"):
        read_weights(tmp_path, TINY)


@pytest.mark.parametrize(("dtype", "tolerance"), [("F16", 2e-3), ("BF16", 2e-2)])
def test_half_precision_becomes_float32(tmp_path: Path, dtype: str, tolerance: float) -> None:
    """As some fine-tunes are published."""
    expected = random_weights(TINY, tied=False)
    write_checkpoint(tmp_path, expected, TINY)
    write_safetensors(tmp_path, expected, dtype)

    weights = read_weights(tmp_path, TINY)

    np.testing.assert_allclose(weights[HEAD], expected[HEAD], rtol=tolerance, atol=tolerance)
    assert {weight.dtype for weight in weights.values()} == {np.dtype(np.float32)}


def test_a_configuration_that_says_itself_whether_outputs_are_scaled(tmp_path: Path) -> None:
    """Transformers 5 writes every head as tied, and the scale under a name of its own."""
    write_checkpoint(tmp_path, random_weights(TINY, tied=False), TINY)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    config |= {"tie_word_embeddings": True, "scale_decoder_outputs": False}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")

    assert read_shape(tmp_path).scale_outputs is False


@pytest.mark.parametrize(
    "changes",
    [{"model_type": "bart"}, {"feed_forward_proj": "gated-silu"}, {"d_model": None}, {"num_heads": "eight"}],
    ids=str,
)
def test_what_is_no_t5_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    """The message names the file."""
    write_checkpoint(tmp_path, random_weights(TINY, tied=True), TINY)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | changes), encoding="utf-8")

    with pytest.raises(CheckpointInvalid, match=r"config\.json"):
        read_shape(tmp_path)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    """The first weight that does not fit is named."""
    write_checkpoint(tmp_path, random_weights(TINY, tied=True), TINY)

    with pytest.raises(CheckpointInvalid, match=r"DenseReluDense\.wi\.weight has the shape"):
        read_weights(tmp_path, TINY._replace(d_ff=128))


def test_a_damaged_weights_file_is_refused(tmp_path: Path) -> None:
    """Cut off, or something else altogether."""
    write_checkpoint(tmp_path, random_weights(TINY, tied=True), TINY)
    path = tmp_path / "model.safetensors"

    for data in (path.read_bytes()[:10_000], b"", b"no weights at all"):
        path.write_bytes(data)
        with pytest.raises(CheckpointInvalid, match=r"model\.safetensors"):
            read_weights(tmp_path, TINY)
