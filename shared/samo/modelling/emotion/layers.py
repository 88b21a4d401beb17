"""Which layers learn, when, and how fast: the encoder's layers from the embeddings at the bottom to the head."""

from __future__ import annotations

from typing import Any

from torch import nn

from samo.modelling.emotion.network import EmotionNetwork


def layers_of(network: EmotionNetwork) -> list[nn.Module]:
    """From the bottom up: the embeddings, each transformer layer, the head."""
    encoder: Any = network.encoder
    return [encoder.embeddings, *encoder.encoder.layer, network.head]


def parameter_groups(
    network: EmotionNetwork, *, learning_rate: float, weight_decay: float, layer_decay: float
) -> list[dict[str, Any]]:
    """Groups for the optimiser. The head learns at `learning_rate`, each layer below at `layer_decay` times the next.

    Howard & Ruder 2018, "Universal Language Model Fine-tuning" (arXiv 1801.06146). Biases and normalisation weights
    are not decayed: pulling them to zero regularises nothing.
    """
    groups = []
    for depth, layer in enumerate(reversed(layers_of(network))):
        rate = learning_rate * layer_decay**depth
        decayed = [weight for weight in layer.parameters() if weight.ndim > 1]
        others = [weight for weight in layer.parameters() if weight.ndim <= 1]
        groups += [
            {"params": decayed, "lr": rate, "weight_decay": weight_decay},
            {"params": others, "lr": rate, "weight_decay": 0.0},
        ]
    return groups


def unfreeze(network: EmotionNetwork, *, share_done: float, unfreeze_share: float) -> None:
    """Let learn what may learn after `share_done` of all steps: the head at once, the embeddings last.

    Layers join one by one, evenly over the first `unfreeze_share` of the steps; with 0, all learn from the start. After
    Howard & Ruder 2018, "Universal Language Model Fine-tuning" (arXiv 1801.06146).
    """
    layers = layers_of(network)
    for depth, layer in enumerate(reversed(layers)):
        layer.requires_grad_(share_done >= unfreeze_share * depth / (len(layers) - 1))
