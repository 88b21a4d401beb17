"""Fine-tuning with checkpoints: a build that is interrupted goes on from its last one.

Batches and augmentation depend on (seed, epoch) alone, and the checkpoint carries torch's CPU generator, so that on a
CPU a resumed run sees the batches and the dropout masks that an uninterrupted one would have seen.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import nn

from samo.domain.errors import SamoError
from samo.inference.emotion.token_windows import Window, batches_of, padded
from samo.modelling.emotion.augmentation import augmented
from samo.modelling.emotion.batching import encode, training_batches
from samo.modelling.emotion.calibration import probabilities_of
from samo.modelling.emotion.checkpoints import BEST_FILE, CHECKPOINT_FILE
from samo.modelling.emotion.config import Precision, TrainingConfig
from samo.modelling.emotion.dataset import Corpus, Example, targets
from samo.modelling.emotion.evaluation import label_f1
from samo.modelling.emotion.layers import parameter_groups, unfreeze
from samo.modelling.emotion.losses import Loss, loss_of, smoothed
from samo.modelling.emotion.network import EmotionNetwork, new_network
from samo.modelling.emotion.thresholds import best_global_threshold
from samo.modelling.progress import Progress, announce

CHECKPOINT_EVERY_STEPS = 200

SoftTargets = npt.NDArray[np.float32]
"""Probabilities to learn, [N, L]."""


class CheckpointForeign(SamoError):
    """The work directory holds a checkpoint of another configuration or other data."""

    code = "checkpoint_foreign"


@dataclass
class _Position:
    """How far training has come: the next batch, and the best epoch seen so far."""

    epoch: int = 0
    batch: int = 0
    best_macro_f1: float = -1.0
    epochs_without_gain: int = 0
    finished: bool = False


def train(
    base: Path,
    tokenizer: Tokenizer,
    corpus: Corpus,
    config: TrainingConfig,
    work_dir: Path,
    *,
    soft_targets: SoftTargets | None = None,
) -> EmotionNetwork:
    """Fine-tune the encoder in `base`; in evaluation mode, with the weights of the best epoch on dev or of the last.

    `tokenizer` truncates to the training length. `soft_targets` [N, L] are learned in place of the labels of the
    training rows. Raises `CheckpointForeign` if `work_dir` was used for something else.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(config.seed)
    train_targets, dev_targets = (targets(rows, len(corpus.labels)) for rows in (corpus.train, corpus.dev))
    label_counts = train_targets.sum(axis=0)
    network = new_network(base, label_counts, len(corpus.train))
    network.to(device)
    wanted = train_targets.astype(np.float32) if soft_targets is None else soft_targets
    run = _Run(network, config, len(corpus.train), _fingerprint(config, base, corpus, wanted), work_dir)
    position = run.resume()
    loss = loss_of(config.loss, label_counts, len(corpus.train))
    wanted = smoothed(wanted, config.label_smoothing)
    dev_sequences = encode(tokenizer, [example.text for example in corpus.dev])

    while not position.finished:
        _train_epoch(run, position, tokenizer, corpus.train, wanted, loss)
        macro_f1 = None
        if config.patience:
            macro_f1 = _dev_macro_f1(network, dev_sequences, dev_targets, config.precision)
            announce(f"epoch {position.epoch + 1}/{config.epochs}: dev macro-F1 {macro_f1:.4f} at one global threshold")
        run.end_epoch(position, macro_f1)

    network.load_state_dict(torch.load(work_dir / BEST_FILE, map_location=device, weights_only=True))
    network.eval()
    return network


def infer(
    network: EmotionNetwork, sequences: list[list[int]], precision: Precision = "float32"
) -> npt.NDArray[np.float32]:
    """Logits float32 [N, label_count] of token sequences, in their order, without dropout."""
    device = next(network.parameters()).device
    was_training = network.training
    network.eval()
    logits = np.zeros((len(sequences), network.head.out_features), dtype=np.float32)
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        for rows in batches_of([Window(row, sequence) for row, sequence in enumerate(sequences)]):
            input_ids, attention_mask = padded([sequences[row] for row in rows])
            output = network(torch.from_numpy(input_ids).to(device), torch.from_numpy(attention_mask).to(device))
            logits[rows] = output.float().cpu().numpy()
    network.train(was_training)
    return logits


class _Run:
    """A network with its optimiser and schedule, and where they are saved."""

    def __init__(
        self, network: EmotionNetwork, config: TrainingConfig, example_count: int, fingerprint: str, work_dir: Path
    ) -> None:
        self.network = network
        self.config = config
        self.work_dir = work_dir
        self._fingerprint = fingerprint
        self.optimizer = torch.optim.AdamW(
            parameter_groups(
                network,
                learning_rate=config.learning_rate,
                weight_decay=config.weight_decay,
                layer_decay=config.layer_decay,
            ),
            # One pass over weights and moments; as separate ones they are a quarter of a training step on a CPU.
            fused=True,
        )
        self.total_steps = total = -(-example_count // config.batch_size) * config.epochs
        warmup = max(1, round(config.warmup_share * total))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min((step + 1) / warmup, max(0.0, (total - step) / max(1, total - warmup)))
        )

    def resume(self) -> _Position:
        """The position of the last checkpoint, its state loaded; the beginning where there is none."""
        path = self.work_dir / CHECKPOINT_FILE
        if not path.exists():
            return _Position()
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        if state["fingerprint"] != self._fingerprint:
            raise CheckpointForeign(
                f"{CHECKPOINT_FILE} in the work directory belongs to another configuration or other data; "
                "empty the work directory or name another one"
            )
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["generator"])
        return _Position(**state["position"])

    def save(self, position: _Position) -> None:
        """Write the checkpoint; an interruption leaves the previous one whole."""
        state = {
            "fingerprint": self._fingerprint,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "generator": torch.get_rng_state(),
            "position": vars(position),
        }
        _write(state, self.work_dir / CHECKPOINT_FILE)

    def end_epoch(self, position: _Position, macro_f1: float | None) -> None:
        """Keep the weights if they are the best so far, step to the next epoch, decide whether there is one.

        Without a judgement, None, the weights are kept and training goes on to the end.
        """
        if macro_f1 is None or macro_f1 > position.best_macro_f1:
            _write(self.network.state_dict(), self.work_dir / BEST_FILE)
            position.best_macro_f1, position.epochs_without_gain = macro_f1 or 0.0, 0
        else:
            position.epochs_without_gain += 1
        position.epoch, position.batch = position.epoch + 1, 0
        out_of_patience = macro_f1 is not None and position.epochs_without_gain >= self.config.patience
        position.finished = position.epoch >= self.config.epochs or out_of_patience
        self.save(position)


def _train_epoch(
    run: _Run,
    position: _Position,
    tokenizer: Tokenizer,
    examples: list[Example],
    example_targets: SoftTargets,
    loss_function: Loss,
) -> None:
    config, network = run.config, run.network
    device = next(network.parameters()).device
    source = random.Random(f"{config.seed}/{position.epoch}")  # noqa: S311  (no secret)
    sequences = encode(tokenizer, [augmented(row.text, config, source) for row in examples])
    batches = training_batches([len(sequence) for sequence in sequences], config.batch_size, source)
    progress = Progress(f"epoch {position.epoch + 1}/{config.epochs}", len(batches), position.batch)
    network.train()
    while position.batch < len(batches):
        done = position.epoch * len(batches) + position.batch
        unfreeze(network, share_done=done / run.total_steps, unfreeze_share=config.unfreeze_share)
        rows = batches[position.batch]
        input_ids, attention_mask = padded([sequences[row] for row in rows])
        wanted = torch.from_numpy(example_targets[rows]).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=config.precision == "bfloat16"):
            logits = network(torch.from_numpy(input_ids).to(device), torch.from_numpy(attention_mask).to(device))
        loss = loss_function(logits, wanted)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), config.max_gradient_norm)
        run.optimizer.step()
        run.schedule.step()
        run.optimizer.zero_grad()
        position.batch += 1
        progress.advance(f"loss {loss.item():.3f}")
        if position.batch % CHECKPOINT_EVERY_STEPS == 0:
            run.save(position)


def _dev_macro_f1(
    network: EmotionNetwork, sequences: list[list[int]], dev_targets: npt.NDArray[np.bool_], precision: Precision
) -> float:
    probabilities = probabilities_of(infer(network, sequences, precision))
    threshold = best_global_threshold(probabilities, dev_targets)
    return float(label_f1(probabilities >= threshold, dev_targets).mean())


def _fingerprint(config: TrainingConfig, base: Path, corpus: Corpus, wanted: SoftTargets) -> str:
    digest = hashlib.sha256(msgspec.json.encode(config))
    digest.update(wanted.tobytes())
    digest.update((base / "model.safetensors").read_bytes())
    for example in [*corpus.train, *corpus.dev]:
        digest.update(f"{example.text}\t{example.labels}\n".encode())
    return digest.hexdigest()


def _write(state: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    torch.save(state, temporary)
    temporary.replace(path)
