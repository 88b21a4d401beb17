"""Bringing a model version into a store, whole or not at all, and pointing channels at versions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from samo.domain import documents
from samo.domain.errors import ModelCorrupt, ModelUnavailable, ModelVersionTaken, PreconditionFailed
from samo.inference.model_store.catalogue import read_channel, read_manifest
from samo.inference.model_store.channels import check_weights
from samo.inference.model_store.layout import channel_name, file_name, manifest_name
from samo.inference.model_store.manifest import MANIFEST_FILE, Channel, Manifest, ModelFile, Task
from samo.inference.model_store.store import ModelStore
from samo.ports import ObjectStore


def describe(directory: Path) -> tuple[ModelFile, ...]:
    """Sizes and hashes of all files below the directory, by path; hidden files and the manifest are left out.

    Raises `ModelUnavailable` when there is none.
    """
    paths = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    described = tuple(
        _describe_file(relative, path)
        for relative, path in sorted(paths.items())
        if relative != MANIFEST_FILE and not any(part.startswith(".") for part in relative.split("/"))
    )
    if not described:
        raise ModelUnavailable(f"{directory} holds no model files")
    return described


def publish(store: ObjectStore, directory: Path, manifest: Manifest, *, channel: str | None) -> None:
    """Store the manifest's files from `directory`, then the manifest, then let `channel`, if any, serve it alone.

    A reader sees the version once it is complete. Publishing the same again is fine and repairs damaged files.
    Raises `ModelVersionTaken` when the store holds another version of this name, `ModelCorrupt` or `ModelUnavailable`
    when the directory's files are not the manifest's, before anything is written. Only two who publish different files
    under one name in the same moment can spoil each other's; every reader would notice.
    """
    for file in manifest.files:
        _require_same(directory, manifest, file)
    existing = read_manifest(store, manifest.task, manifest.version)
    if existing is not None:
        _require_equal(store, existing, manifest)
    for file in manifest.files:
        store.upload(file_name(manifest, file), directory / file.path)
    if existing is None:
        _create_manifest(store, manifest)
    if channel is not None:
        set_channel(store, manifest.task, channel, {manifest.version: 1.0})


def copy(manifest: Manifest, source: ObjectStore, target: ObjectStore) -> None:
    """Publish a version of `source` in `target`, its files verified on the way; no channel changes.

    Raises what `ModelStore.files` and `publish` raise.
    """
    with ModelStore([source]).files(manifest) as directory:
        publish(target, directory, manifest, channel=None)


def set_channel(store: ObjectStore, task: Task, channel: str, versions: Mapping[str, float]) -> None:
    """Let the channel serve these versions, by weight, and no others.

    Raises `ModelUnavailable` for weights that cannot be used and for a version that the store does not hold,
    `PreconditionFailed` when somebody else changed the channel in the same moment.
    """
    name = channel_name(task, channel)
    live = store.stat(name)
    _write_channel(store, task, name, versions, generation=None if live is None else live.generation)


def add_to_channel(store: ObjectStore, task: Task, channel: str, version: str, weight: float) -> None:
    """Let the channel serve this version, too, with this weight; the others keep theirs. Raises as `set_channel`."""
    name = channel_name(task, channel)
    live = store.stat(name)
    current = read_channel(store, task, channel)
    versions = {**(current.versions if current else {}), version: weight}
    _write_channel(store, task, name, versions, generation=None if live is None else live.generation)


def _write_channel(
    store: ObjectStore, task: Task, name: str, versions: Mapping[str, float], *, generation: int | None
) -> None:
    try:
        check_weights(versions)
    except ValueError as error:
        raise ModelUnavailable(f"{name} would be of no use: {error}") from None
    for version in versions:
        if read_manifest(store, task, version) is None:
            raise ModelUnavailable(f"{store.bucket} holds no {task}/{version}; publish it before a channel names it")
    data = documents.encode(Channel(versions=dict(versions)))
    try:
        if generation is None:
            store.create(name, data)
        else:
            store.replace(name, data, generation=generation)
    except PreconditionFailed:
        # A lost reply looks like a lost race; what is stored tells them apart.
        if store.read(name) != data:
            raise PreconditionFailed(f"{name} in {store.bucket} was changed meanwhile; look at it and repeat") from None


def _create_manifest(store: ObjectStore, manifest: Manifest) -> None:
    try:
        store.create(manifest_name(manifest.task, manifest.version), documents.encode(manifest))
    except PreconditionFailed:
        existing = read_manifest(store, manifest.task, manifest.version)
        if existing is None:
            raise
        _require_equal(store, existing, manifest)


def _require_equal(store: ObjectStore, existing: Manifest, manifest: Manifest) -> None:
    if msgspec.structs.replace(existing, created_at=manifest.created_at) != manifest:
        raise ModelVersionTaken(
            f"{store.bucket} holds another {manifest.task}/{manifest.version} already; choose a new version name"
        )


def _require_same(directory: Path, manifest: Manifest, file: ModelFile) -> None:
    name = file_name(manifest, file)
    path = directory / file.path
    if not path.is_file():
        raise ModelUnavailable(f"{name} cannot be published: {path} is missing")
    if _describe_file(file.path, path) != file:
        raise ModelCorrupt(f"{name} cannot be published: {path} is not the file that the manifest describes")


def _describe_file(relative: str, path: Path) -> ModelFile:
    with path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return ModelFile(path=relative, size=path.stat().st_size, sha256=sha256)
