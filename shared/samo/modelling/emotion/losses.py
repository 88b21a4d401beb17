"""What training minimises: four losses over labels that may hold several at once, each summed over a row's labels.

Targets are probabilities, so that smoothed labels and a teacher's opinion fit where a yes or a no does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from samo.modelling.emotion.config import LossName

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Logits and targets float32 [B, L] → a scalar: summed over labels, averaged over rows.

Not averaged over labels: of 28, hardly two hold, and the gradient would shrink with the many that do not.
"""

FOCUS = 2.0
ASYMMETRIC_FOCUS = 4.0
ASYMMETRIC_MARGIN = 0.05
LARGEST_WEIGHT = 10.0


def loss_of(name: LossName, label_counts: npt.NDArray[np.int64], example_count: int) -> Loss:
    """The loss of this name. `label_counts` int64 [L]: training examples per label, for the one that weighs them."""
    match name:
        case "bce":
            return _cross_entropy
        case "focal":
            return _focal
        case "asymmetric":
            return _asymmetric
        case "weighted":
            return partial(_weighted, torch.tensor(_weights(label_counts, example_count), dtype=torch.float32))


def smoothed(targets: npt.NDArray[np.float32], smoothing: float) -> npt.NDArray[np.float32]:
    """Targets [N, L] drawn towards each label's own share of the rows, so that a rare label stays rare.

    Szegedy et al. 2016, "Rethinking the Inception Architecture" (arXiv 1512.00567), with the prior for the uniform.
    """
    return np.asarray((1.0 - smoothing) * targets + smoothing * targets.mean(axis=0), dtype=np.float32)


def _cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum") / len(logits)


def _focal(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    # Lin et al. 2017, "Focal Loss for Dense Object Detection" (arXiv 1708.02002): what is known counts little. For a
    # target between 0 and 1 the distance to it takes the place of 1 - p, as in Li et al. 2020 (arXiv 2006.04388).
    entropies = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return ((targets - torch.sigmoid(logits)).abs() ** FOCUS * entropies).sum() / len(logits)


def _asymmetric(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    # Ridnik et al. 2021, "Asymmetric Loss For Multi-Label Classification" (arXiv 2009.14119): focus on the absent
    # labels alone, and none of their loss below the margin.
    probabilities = torch.sigmoid(logits)
    shifted = (probabilities - ASYMMETRIC_MARGIN).clamp(min=0.0)
    present = -nn.functional.logsigmoid(logits)
    absent = -torch.log((1.0 - shifted).clamp(min=1e-8)) * shifted**ASYMMETRIC_FOCUS
    return (targets * present + (1.0 - targets) * absent).sum() / len(logits)


def _weighted(weights: torch.Tensor, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return nn.functional.binary_cross_entropy_with_logits(
        logits, targets, reduction="sum", pos_weight=weights.to(logits.device)
    ) / len(logits)


def _weights(label_counts: npt.NDArray[np.int64], example_count: int) -> npt.NDArray[np.float64]:
    # The root of absent / present: the full ratio, 185 and more, lets the rarest labels drown all others.
    present = label_counts + 0.5
    return np.clip(np.sqrt((example_count - label_counts + 0.5) / present), 1.0, LARGEST_WEIGHT)
