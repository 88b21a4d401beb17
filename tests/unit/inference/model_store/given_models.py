"""Model versions for tests: small files, real hashes, laid out as a store has them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from samo.domain import documents
from samo.inference.model_store.manifest import Channel, Engine, Manifest, ModelFile, Provenance, Task
from tests.fakes.object_store import MemoryStore

FILES = {"model.onnx": b"weights" * 50, "tokenizer/vocab.txt": b"one\ntwo\n"}


def a_manifest(version: str, *, files: Mapping[str, bytes] = FILES, task: Task = "emotion") -> Manifest:
    """The manifest that describes `files` truly."""
    engine: Engine = "ctranslate2" if task == "transcription" else "onnx"
    return Manifest(
        task=task,
        version=version,
        engine=engine,
        files=tuple(
            ModelFile(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for path, data in files.items()
        ),
        licence="Apache-2.0",
        provenance=Provenance(base="a base", data="some data", command="a command"),
        created_at="2026-01-01T00:00:00Z",
    )


def put_version(
    store: MemoryStore, version: str, *, files: Mapping[str, bytes] = FILES, task: Task = "emotion"
) -> Manifest:
    """Lay the version out in the store, as if published long ago."""
    manifest = a_manifest(version, files=files, task=task)
    for path, data in files.items():
        store.put(f"{task}/{version}/{path}", data)
    store.put(f"{task}/{version}/manifest.json", documents.encode(manifest))
    return manifest


def put_channel(
    store: MemoryStore, versions: Mapping[str, float], *, channel: str = "stable", task: Task = "emotion"
) -> None:
    """Point the channel at the versions."""
    store.put(f"{task}/channels/{channel}.json", documents.encode(Channel(versions=dict(versions))))
