"""An ensemble of seeds as the teacher of one model of the same size.

Hinton et al. 2015, "Distilling the Knowledge in a Neural Network" (arXiv 1503.02531); Furlanello et al. 2018,
"Born-Again Neural Networks" (arXiv 1805.04770), for a student as large as its teachers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from tokenizers import Tokenizer

from samo.modelling.emotion.batching import encode
from samo.modelling.emotion.calibration import probabilities_of
from samo.modelling.emotion.config import DistillationConfig, TrainingConfig
from samo.modelling.emotion.dataset import Corpus, targets
from samo.modelling.emotion.evaluation import Probabilities
from samo.modelling.emotion.training import SoftTargets, infer, train
from samo.modelling.progress import announce


def taught_targets(
    base: Path,
    tokenizer: Tokenizer,
    corpus: Corpus,
    training: TrainingConfig,
    distillation: DistillationConfig,
    work_dir: Path,
) -> SoftTargets:
    """What the student learns of each training row, float32 [N, L]: labels and the teachers' mean probabilities.

    Each teacher is trained in `work_dir/teacher-{seed}`, where an interrupted one goes on.
    """
    labels = targets(corpus.train, len(corpus.labels)).astype(np.float32)
    sequences = encode(tokenizer, [example.text for example in corpus.train])
    opinions: list[Probabilities] = []
    for seed in distillation.seeds:
        announce(f"training the teacher with seed {seed}")
        told = msgspec.structs.replace(training, seed=seed)
        teacher = train(base, tokenizer, corpus, told, work_dir / f"teacher-{seed}")
        opinions.append(probabilities_of(infer(teacher, sequences)))
    return mixed_targets(labels, opinions, distillation.weight)


def mixed_targets(labels: SoftTargets, opinions: Sequence[Probabilities], weight: float) -> SoftTargets:
    """The labels [N, L], and for `weight` the mean of the teachers' probabilities, [N, L] each."""
    return np.asarray((1.0 - weight) * labels + weight * np.mean(opinions, axis=0), dtype=np.float32)
