"""Logits to probabilities, in the precision that they come in."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Float = TypeVar("Float", np.float32, np.float64)


def sigmoid(logits: npt.NDArray[Float]) -> npt.NDArray[Float]:
    """Each logit's probability by itself; no overflow for any finite logit."""
    return np.asarray(np.exp(-np.logaddexp(logits.dtype.type(0), -logits)), dtype=logits.dtype)


def log_softmax(logits: npt.NDArray[Float]) -> npt.NDArray[Float]:
    """Log-probabilities along the last axis."""
    shifted: npt.NDArray[Float] = logits - logits.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True, dtype=logits.dtype))
    return shifted
