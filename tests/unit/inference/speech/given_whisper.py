"""Whisper in a model store, for tests: random weights, published as real ones are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from samo.domain.recording import RecordingRef
from samo.inference.model_store.manifest import Manifest, Provenance
from samo.inference.model_store.publishing import describe, publish, set_channel
from tests.fakes.object_store import MemoryStore

RECORDING = RecordingRef(bucket="recordings", name="ada/monday.m4a", generation=1)
CREATED_AT = "2026-11-20T09:30:00.000Z"


def whisper_manifest(directory: Path, *, version: str) -> Manifest:
    """The manifest of a faster-whisper folder."""
    return Manifest(
        task="transcription",
        version=version,
        engine="ctranslate2",
        files=describe(directory),
        licence="MIT",
        provenance=Provenance(base="random", data="none", command="none"),
        created_at=CREATED_AT,
    )


def store_with(folders: Mapping[str, Path]) -> MemoryStore:
    """A store with these versions, which share the channel `stable` equally."""
    store = MemoryStore()
    for version, folder in folders.items():
        publish(store, folder, whisper_manifest(folder, version=version), channel=None)
    set_channel(store, "transcription", "stable", dict.fromkeys(folders, 1.0))
    return store
