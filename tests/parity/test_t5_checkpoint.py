"""Checkpoints that transformers writes, read without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from samo.modelling.t5.checkpoint import is_tied, read_shape, read_weights
from samo.modelling.t5.reference import torch_model
from tests.unit.inference.t5.given_t5 import VARIANTS


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "t5-small"])
def test_what_transformers_saves_is_read_as_it_was(tmp_path: Path, name: str) -> None:
    """Shape, scale and weights, with tied heads and heads of their own."""
    variant = VARIANTS[name]
    torch_model(variant.weights(), variant.shape).save_pretrained(tmp_path)

    shape = read_shape(tmp_path)
    weights = read_weights(tmp_path, shape)

    assert shape == variant.shape
    assert is_tied(weights) == variant.tied
    assert all(np.array_equal(weights[name], expected) for name, expected in variant.weights().items())
