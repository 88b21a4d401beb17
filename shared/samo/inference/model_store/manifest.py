"""What a model version is made of and how good it is: `manifest.json`, and the channels that name versions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Task = Literal["transcription", "emotion", "summarization"]
Engine = Literal["onnx", "ctranslate2"]

MANIFEST_FILE = "manifest.json"


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a version. `sha256` is lower-case hex; `path` is relative to the version and never leaves it."""

    path: str
    size: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A measured figure and the command that prints it."""

    value: float
    command: str


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where the weights come from: the base model, the data (with its licence) and the command that made them."""

    base: str
    data: str
    command: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The contract between a published model version and the code that runs it.

    `labels` order the columns of the logits; `thresholds` holds one probability per label; a probability is
    `sigmoid(logit / temperature)`. Tasks without labels leave those fields at their defaults.
    """

    schema_version: Literal[1] = 1
    task: Task
    version: str
    engine: Engine
    files: tuple[ModelFile, ...]
    licence: str
    provenance: Provenance
    created_at: str
    labels: tuple[str, ...] = ()
    temperature: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    thresholds: dict[str, float] = {}
    max_length: int | None = None
    metrics: dict[str, Metric] = {}


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """The versions a channel serves: version → weight. More than one is an A/B test; weights need not sum to one."""

    schema_version: Literal[1] = 1
    versions: dict[str, float]
