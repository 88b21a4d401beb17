"""The word classifier of `tests/golden` as a published version, whole or broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from samo.domain import documents
from samo.domain.taxonomy import LABELS
from samo.inference.model_store.manifest import Manifest
from tests.fakes.object_store import MemoryStore
from tests.unit.inference.model_store.given_models import a_manifest, put_channel, put_version

GOLDEN = Path(__file__).parents[3] / "golden" / "emotion_words"


def classifier_files(model: str = "model.onnx") -> dict[str, bytes]:
    """A version's files; `model` may name one of the broken variants."""
    return {
        "model.onnx": (GOLDEN / model).read_bytes(),
        "tokenizer.json": (GOLDEN / "tokenizer.json").read_bytes(),
    }


def classifier_manifest(version: str = "words-1", *, model: str = "model.onnx", **changes: Any) -> Manifest:
    """The manifest of a version; every threshold is 0.3, texts beyond 16 tokens are read in windows."""
    manifest = msgspec.structs.replace(
        a_manifest(version, files=classifier_files(model)),
        labels=LABELS,
        thresholds=dict.fromkeys(LABELS, 0.3),
        max_length=16,
    )
    return msgspec.structs.replace(manifest, **changes)


def classifier_store(*versions: str, **changes: Any) -> MemoryStore:
    """A store whose stable channel serves these versions in equal parts."""
    store = MemoryStore("models")
    for version in versions:
        put_version(store, version, files=classifier_files())
        store.put(f"emotion/{version}/manifest.json", documents.encode(classifier_manifest(version, **changes)))
    put_channel(store, dict.fromkeys(versions, 1.0))
    return store
