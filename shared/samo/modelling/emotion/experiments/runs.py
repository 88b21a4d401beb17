"""One training run of a comparison, and its dev logits on disk: a comparison that is interrupted goes on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from samo.modelling.emotion.batching import encode, load_tokenizer
from samo.modelling.emotion.calibration import Logits
from samo.modelling.emotion.config import TrainingConfig
from samo.modelling.emotion.dataset import Corpus
from samo.modelling.emotion.network import base_directory
from samo.modelling.emotion.training import SoftTargets, infer, train
from samo.modelling.progress import announce


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one seed of one technique gave: logits float32 [N, L] of the dev rows, on demand of the training rows."""

    dev_logits: Logits
    train_logits: Logits | None


def run(
    name: str,
    seed: int,
    base_package: str,
    corpus: Corpus,
    training: TrainingConfig,
    work_dir: Path,
    soft_targets: SoftTargets | None = None,
    *,
    on_training_rows: bool = False,
) -> Run:
    """Train, or read what was trained in `work_dir` before. The weights are not kept, the logits are."""
    folder = work_dir / f"{re.sub(r'[^0-9a-z]+', '-', name.lower()).strip('-')}-{seed}"
    wanted = {"dev": corpus.dev, "train": corpus.train} if on_training_rows else {"dev": corpus.dev}
    files = {split: folder / f"{split}.npy" for split in wanted}
    if not all(file.exists() for file in files.values()):
        announce(f"{name}, seed {seed}")
        base = base_directory(base_package)
        tokenizer = load_tokenizer(base / "tokenizer.json", training.max_tokens)
        told = msgspec.structs.replace(training, seed=seed)
        network = train(base, tokenizer, corpus, told, folder / "weights", soft_targets=soft_targets)
        for split, rows in wanted.items():
            sequences = encode(tokenizer, [row.text for row in rows])
            _write(files[split], infer(network, sequences, training.precision))
        shutil.rmtree(folder / "weights")
    logits = {split: np.load(file) for split, file in files.items()}
    return Run(dev_logits=logits["dev"], train_logits=logits.get("train"))


def _write(path: Path, logits: npt.NDArray[np.float32]) -> None:
    temporary = path.with_suffix(".partial")
    with temporary.open("wb") as file:
        np.save(file, logits)
    temporary.replace(path)
