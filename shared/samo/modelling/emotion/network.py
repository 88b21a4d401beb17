"""The network: a BERT encoder, the mean of its token vectors, one linear layer."""

from __future__ import annotations

import math
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from transformers import AutoModel, PreTrainedModel


class EmotionNetwork(nn.Module):
    """`input_ids` and `attention_mask` int64 [B, S] → logits float32 [B, label_count].

    Mean pooling after Reimers & Gurevych 2019 (arXiv 1908.10084), the pooling that the base encoder was trained with.
    """

    def __init__(self, encoder: PreTrainedModel, label_count: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, label_count)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Logits float32 [B, label_count]; a position with mask 0 changes nothing."""
        tokens = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
        mean = (tokens * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
        logits: torch.Tensor = self.head(self.dropout(mean))
        return logits.float()


def base_directory(package: str) -> Path:
    """Where the installed package keeps the encoder. Raises `ModuleNotFoundError` when it is not installed."""
    return Path(str(files(package) / "model"))


def new_network(base: Path, label_counts: npt.NDArray[np.int64], example_count: int) -> EmotionNetwork:
    """A network whose head starts at each label's prior, log(p / (1 - p)) (Lin et al. 2017, arXiv 1708.02002).

    `label_counts` int64 [label_count]: training examples per label, smoothed by one half against labels without any.
    """
    encoder = AutoModel.from_pretrained(str(base), add_pooling_layer=False)
    network = EmotionNetwork(encoder, len(label_counts))
    nn.init.normal_(network.head.weight, std=0.02)
    priors = (label_counts + 0.5) / (example_count + 1.0)
    with torch.no_grad():
        network.head.bias.copy_(torch.tensor([math.log(prior / (1.0 - prior)) for prior in priors]))
    return network
