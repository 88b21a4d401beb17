"""What a build of a summarisation model is told: one record, read from a TOML file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.modelling.errors import BuildConfigInvalid


class SmoothingConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How outlier channels move into the weights: `alpha` 0 leaves them to the activations, 1 to the weights."""

    alpha: float = 0.5


class SummarizationGateConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What INT8 may cost against float32 on the dev texts, and how big its files may be.

    `max_kl` bounds the mean divergence of next tokens in nats, `min_rouge_l` the mean F-measure of what INT8 writes
    against what float32 writes, in [0, 1], `max_size_share` the files' bytes as a share of those of float32.
    """

    max_kl: float = 0.05
    min_rouge_l: float = 0.7
    max_size_share: float = 0.3


class SummarizationBuildConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole build. `licence` (an SPDX identifier) and `data` go into the manifest as they stand.

    Without `version`, the name is the checkpoint's with the first digits of its weights' SHA-256. `max_length` is what
    the checkpoint was trained to read, in tokens with the end token; longer texts are for the caller to split.
    `prefix` precedes each text that the build generates from, as it did in training.
    """

    licence: str
    data: str
    version: str | None = None
    channel: str = "stable"
    max_length: int = 512
    prefix: str = "summarize: "
    smoothing: SmoothingConfig = SmoothingConfig()
    gate: SummarizationGateConfig = SummarizationGateConfig()


def load_summarization_config(path: Path) -> SummarizationBuildConfig:
    """Read a build's configuration. Raises `BuildConfigInvalid` for a file that does not fit the record."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=SummarizationBuildConfig)
    except msgspec.MsgspecError as error:
        raise BuildConfigInvalid(f"{path.name}: {error}; correct the file and start again") from error
