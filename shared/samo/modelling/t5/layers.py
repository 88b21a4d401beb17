"""The parts that encoder and decoder have in common: norms and feed-forward."""

from __future__ import annotations

import numpy as np

from samo.modelling.t5.checkpoint import T5Shape, Weights
from samo.modelling.t5.graph import FUSED, Graph, Precision


class Stack:
    """A residual stream through the layers of an encoder or a decoder.

    `normed` divides by the root mean square first and adds what the last layer gave on the way: one fused operator.
    """

    def __init__(self, graph: Graph, weights: Weights, shape: T5Shape, precision: Precision) -> None:
        self.graph = graph
        self.weights = weights
        self.shape = shape
        self.precision: Precision = precision
        self._stream = "inputs_embeds"
        self._addition: str | None = None

    def product(self, x: str, *names: str, output: str | None = None) -> str:
        """`x` times the transposed weights of these names, side by side."""
        weight = np.concatenate([self.weights[f"{name}.weight"].T for name in names], axis=1)
        return self.graph.product(x, weight, "+".join(names), self.precision, output)

    def normed(self, norm: str, scale: float = 1.0) -> str:
        """The stream, normed by the weights of this name times `scale`."""
        gamma = self.graph.weight(f"{norm}.weight", self.weights[f"{norm}.weight"] * np.float32(scale))
        epsilon = self.shape.epsilon
        if self._addition is None:
            return self.graph.op("SimplifiedLayerNormalization", self._stream, gamma, epsilon=epsilon, axis=-1)
        normed, *_, stream = self.graph.ops(
            "SkipSimplifiedLayerNormalization", self._stream, self._addition, gamma,
            outputs=[f"{norm}.normed", "", "", f"{norm}.stream"], domain=FUSED, epsilon=epsilon,
        )  # fmt: skip
        self._stream, self._addition = stream, None
        return normed

    def add(self, x: str) -> None:
        """Add a layer's output to the stream, at the next norm."""
        self._addition = x

    def feed_forward(self, layer: str) -> None:
        """ReLU, or GELU gated by a second product (Shazeer 2020, arXiv 2002.05202)."""
        x, dense = self.normed(f"{layer}.layer_norm"), f"{layer}.DenseReluDense"
        if self.shape.gated:
            gate = self.graph.fused("FastGelu", self.product(x, f"{dense}.wi_0"))
            inner = self.graph.op("Mul", gate, self.product(x, f"{dense}.wi_1"))
        else:
            inner = self.graph.op("Relu", self.product(x, f"{dense}.wi"))
        self.add(self.product(inner, f"{dense}.wo"))
