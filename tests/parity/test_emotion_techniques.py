"""Losses, layers that learn at their own pace, and teachers: what each does to logits, gradients and targets."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from samo.modelling.emotion.config import LossName
from samo.modelling.emotion.layers import layers_of, parameter_groups, unfreeze
from samo.modelling.emotion.losses import loss_of, smoothed
from samo.modelling.emotion.network import EmotionNetwork

COUNTS = np.array([900, 100, 5])
ROWS = 1000
TARGETS = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
CLOSE = torch.tensor([[4.0, -4.0, -4.0], [-4.0, 4.0, -4.0]])


@pytest.fixture
def network() -> EmotionNetwork:
    """Two transformer layers, three labels."""
    torch.manual_seed(0)
    config = BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16)
    return EmotionNetwork(BertModel(config, add_pooling_layer=False), label_count=3)


def gradient(name: LossName) -> torch.Tensor:
    """The loss's gradient where all three labels hold and the logits know nothing, [3]."""
    logits = torch.zeros(1, 3, requires_grad=True)
    loss_of(name, COUNTS, ROWS)(logits, torch.ones(1, 3)).backward()
    assert logits.grad is not None
    return logits.grad.flatten()


@pytest.mark.parametrize("name", get_args(LossName))
def test_a_loss_falls_towards_the_targets(name: LossName) -> None:
    """Whatever it weighs, right logits cost less than none, and none less than wrong ones."""
    loss = loss_of(name, COUNTS, ROWS)

    right, nothing, wrong = (loss(factor * CLOSE, TARGETS).item() for factor in (1.0, 0.0, -1.0))

    assert 0.0 <= right < nothing < wrong


@pytest.mark.parametrize("name", get_args(LossName))
def test_a_loss_stays_finite_for_logits_of_any_size(name: LossName) -> None:
    """And so do its gradients."""
    logits = (100.0 * CLOSE * -1.0).requires_grad_()

    loss_of(name, COUNTS, ROWS)(logits, TARGETS).backward()

    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_cross_entropy_is_summed_over_labels_and_averaged_over_rows() -> None:
    """Three labels at one half: 3 · log 2 a row."""
    loss = loss_of("bce", COUNTS, ROWS)

    assert loss(torch.zeros(2, 3), TARGETS).item() == pytest.approx(3 * np.log(2.0))


def test_focal_loss_hardly_sees_what_is_known() -> None:
    """At p = 0.018 for an absent label, the square of it is left of its cross-entropy."""
    absent = torch.zeros(1, 1)
    logit = torch.tensor([[-4.0]])
    p = torch.sigmoid(logit).item()

    focal, plain = (loss_of(name, COUNTS[:1], ROWS)(logit, absent).item() for name in get_args(LossName)[1::-1])

    assert focal == pytest.approx(p**2 * plain, rel=1e-4)


def test_asymmetric_loss_forgives_absent_labels_below_its_margin_and_no_present_one() -> None:
    """At p = 0.018, an absent label costs nothing, a present one its whole cross-entropy."""
    loss, logit = loss_of("asymmetric", COUNTS[:1], ROWS), torch.tensor([[-4.0]])

    assert loss(logit, torch.zeros(1, 1)).item() == 0.0
    assert loss(logit, torch.ones(1, 1)).item() == pytest.approx(-np.log(torch.sigmoid(logit).item()), rel=1e-4)


def test_weights_grow_with_rarity_and_no_further_than_ten() -> None:
    """The gradient of a missed label: as for cross-entropy, threefold, tenfold."""
    plain, weighted = gradient("bce"), gradient("weighted")

    assert (weighted / plain).tolist() == pytest.approx([1.0, 3.0, 10.0], rel=0.01)


def test_smoothing_draws_targets_towards_each_labels_share() -> None:
    """A rare label that is absent becomes hardly more likely; the share itself is kept."""
    targets = np.zeros((100, 2), dtype=np.float32)
    targets[:50, 0] = targets[:1, 1] = 1.0

    softened = smoothed(targets, 0.1)

    assert softened[0].tolist() == pytest.approx([0.95, 0.901])
    assert softened[99].tolist() == pytest.approx([0.05, 0.001])
    np.testing.assert_allclose(softened.mean(axis=0), targets.mean(axis=0), rtol=1e-5)


def test_every_weight_learns_at_the_rate_of_its_layer(network: EmotionNetwork) -> None:
    """The head fastest, the embeddings slowest; no weight twice, none left out; biases are not decayed."""
    groups = parameter_groups(network, learning_rate=1.0, weight_decay=0.1, layer_decay=0.5)

    rates = {id(weight): group["lr"] for group in groups for weight in group["params"]}
    for layer, rate in zip(layers_of(network), (0.125, 0.25, 0.5, 1.0), strict=True):
        assert {rates[id(weight)] for weight in layer.parameters()} == {rate}
    assert sum(len(group["params"]) for group in groups) == len(rates) == len(list(network.parameters()))
    assert all(group["weight_decay"] == 0.0 for group in groups for weight in group["params"] if weight.ndim == 1)


@pytest.mark.parametrize(("share_done", "learning"), [(0.0, 1), (0.1, 2), (0.2, 3), (0.3, 4), (1.0, 4)])
def test_layers_join_from_the_top_down(network: EmotionNetwork, share_done: float, learning: int) -> None:
    """The head at once, then one more after each tenth of the steps, the embeddings at three tenths."""
    unfreeze(network, share_done=share_done, unfreeze_share=0.3)

    states = [all(weight.requires_grad for weight in layer.parameters()) for layer in layers_of(network)]
    assert states == [False] * (4 - learning) + [True] * learning


def test_without_unfreezing_all_layers_learn_from_the_start(network: EmotionNetwork) -> None:
    """The default."""
    unfreeze(network, share_done=0.0, unfreeze_share=0.0)

    assert all(weight.requires_grad for weight in network.parameters())
