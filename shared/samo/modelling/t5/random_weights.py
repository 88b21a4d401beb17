"""Random T5 weights that behave: outputs vary with the input and end after varied numbers of tokens.

For the tests and the bench, which need the shape of a real model and can be given no real weights. The same seed gives
the same weights on every machine.
"""

from __future__ import annotations

import math

import numpy as np

from samo.modelling.t5.checkpoint import EMBEDDING, HEAD, T5Shape, Weights, weight_shapes

T5_SMALL = T5Shape(
    vocabulary=32128, d_model=512, d_kv=64, d_ff=2048, heads=8, encoder_layers=6, decoder_layers=6,
    gated=False, scale_outputs=True,
)  # fmt: skip

# Channel 0 of every embedding is a constant that only the last norm lets through, so that the end token's row in the
# head reads a steady value there. Divided by the stream's size, which varies, it ends outputs after varied lengths.
STEADY = 16.0
SUPPRESSED, EXPOSED = 0.05, 20.0

SCORES, LAYERS = 3.0, 16.0


def random_weights(shape: T5Shape, *, tied: bool, seed: int = 0, end: float = 8.0) -> Weights:
    """Weights of this shape. The higher `end`, the sooner outputs end."""
    source = np.random.default_rng(seed)
    weights: Weights = {}
    for name, size in weight_shapes(shape).items():
        values = source.standard_normal(size, dtype=np.float32)
        if name.endswith("norm.weight"):
            values = 1 + np.float32(0.2) * values
            values[0] = EXPOSED if name == "decoder.final_layer_norm.weight" else SUPPRESSED
        elif name.endswith("relative_attention_bias.weight"):
            values *= 2
        elif name not in (EMBEDDING, HEAD):
            values *= np.float32(_gain(name, shape) * size[1] ** -0.5)
        weights[name] = values
    weights[EMBEDDING][:, 0] = STEADY
    if tied:
        weights[HEAD] = weights[EMBEDDING]
    else:
        weights[HEAD][:, 0] = 0
    weights[HEAD][shape.end_id, 0] += end
    if not shape.scale_outputs:
        weights[HEAD] *= np.float32(shape.d_model**-0.5)
    return weights


def _gain(name: str, shape: T5Shape) -> float:
    if name.endswith(".q.weight"):
        # Scores of this standard deviation: attention that is neither even nor of one position.
        return SCORES / math.sqrt(shape.d_kv)
    # The layers must add far more to the stream than the embedding does: a tied head would repeat its input for ever.
    return LAYERS if name.startswith("decoder") and name.endswith((".o.weight", ".wo.weight")) else 1.0
