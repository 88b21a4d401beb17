"""The techniques that are compared: what each changes in the training configuration, or in what follows training."""

from __future__ import annotations

from typing import Any

import msgspec

from samo.modelling.emotion.config import TrainingConfig


class Technique(msgspec.Struct, frozen=True, kw_only=True):
    """A name for the table, and the fields of `TrainingConfig` that it sets; all others are the baseline's.

    The baseline is the given configuration without early stopping, which is a technique of its own.
    """

    name: str
    changes: dict[str, Any] = {}

    def applied_to(self, training: TrainingConfig) -> TrainingConfig:
        """The configuration with this technique in it."""
        return msgspec.structs.replace(training, **{"patience": 0, **self.changes})


BASELINE = Technique(name="cross-entropy")
DISTILLED = Technique(name="distilled from the seeds' ensemble")

TRAINED = (
    Technique(name="focal loss", changes={"loss": "focal"}),
    Technique(name="asymmetric loss", changes={"loss": "asymmetric"}),
    Technique(name="class weights", changes={"loss": "weighted"}),
    Technique(name="layer-wise learning rates, 0.9", changes={"layer_decay": 0.9}),
    Technique(name="progressive unfreezing over 0.3", changes={"unfreeze_share": 0.3}),
    Technique(name="label smoothing 0.1", changes={"label_smoothing": 0.1}),
    Technique(name="word dropout 0.1", changes={"word_dropout": 0.1}),
    Technique(name="synonyms 0.3", changes={"synonym_share": 0.3}),
    Technique(name="`[NAME]` left as it is", changes={"name_share": 0.0}),
    Technique(name="six epochs", changes={"epochs": 6}),
    Technique(name="six epochs, stopped early", changes={"epochs": 6, "patience": 1}),
)
