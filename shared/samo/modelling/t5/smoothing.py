"""Outlier channels out of the activations and into the weights, folded in before quantisation: free at run time.

After Xiao et al. 2023, "SmoothQuant" (arXiv 2211.10438).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from samo.modelling.t5.checkpoint import T5Shape, Weights

Maxima = Mapping[str, npt.NDArray[np.float32]]
"""Product → the largest absolute value [in] of each channel that it reads."""

# Channels that are always near zero (dead ReLU units) would otherwise be blown up without bound.
FLOOR = 0.5


class _Group(NamedTuple):
    """Products that read the same channels, and the weight that makes these: a norm's, or another product's."""

    source: str
    products: tuple[str, ...]


def smooth(weights: Weights, maxima: Maxima, shape: T5Shape, alpha: float) -> Weights:
    """Weights of the same function, the range of each channel divided between activation and weight.

    A channel's factor is `activation ** alpha / weight ** (1 - alpha)`, of geometric mean 1 over the channels.
    """
    smoothed = dict(weights)
    for group in _groups(shape):
        activation = _floored(np.maximum.reduce([maxima[product] for product in group.products]))
        largest = [np.abs(smoothed[f"{product}.weight"]).max(axis=0) for product in group.products]
        factors = activation**alpha / _floored(np.maximum.reduce(largest)) ** (1 - alpha)
        factors = (factors / np.exp(np.log(factors).mean())).astype(np.float32)
        source = f"{group.source}.weight"
        # A norm's weight has one value per channel, a product's has one row.
        divisor = factors if smoothed[source].ndim == 1 else factors[:, np.newaxis]
        smoothed[source] = smoothed[source] / divisor
        for product in group.products:
            smoothed[f"{product}.weight"] = smoothed[f"{product}.weight"] * factors
    return smoothed


def _groups(shape: T5Shape) -> Iterator[_Group]:
    for stack, layers in (("encoder", shape.encoder_layers), ("decoder", shape.decoder_layers)):
        for block in range(layers):
            layer = f"{stack}.block.{block}.layer"
            attention = f"{layer}.0.SelfAttention"
            yield _Group(f"{layer}.0.layer_norm", tuple(f"{attention}.{part}" for part in "qkv"))
            yield _Group(f"{attention}.v", (f"{attention}.o",))
            last = 1
            if stack == "decoder":
                cross, last = f"{layer}.1.EncDecAttention", 2
                yield _Group(f"{layer}.1.layer_norm", (f"{cross}.q",))
                yield _Group(f"{cross}.v", (f"{cross}.o",))
            dense = f"{layer}.{last}.DenseReluDense"
            inward = ("wi_1", "wi_0") if shape.gated else ("wi",)
            yield _Group(f"{layer}.{last}.layer_norm", tuple(f"{dense}.{name}" for name in inward))
            # The first of them is linear up to its product with `wo`: ReLU keeps positive factors.
            yield _Group(f"{dense}.{inward[0]}", (f"{dense}.wo",))
    cross_products = [
        f"decoder.block.{block}.layer.1.EncDecAttention.{part}"
        for block in range(shape.decoder_layers)
        for part in "kv"
    ]
    yield _Group("encoder.final_layer_norm", tuple(cross_products))


def _floored(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    floor = FLOOR * float(np.median(values)) or float(values.max()) or 1.0
    return np.maximum(values, np.float32(floor))
