"""What one store publishes: its manifests and channels, each read strictly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, get_args

import msgspec

from samo.domain import documents
from samo.domain.errors import DocumentInvalid, ModelUnavailable, ObjectNotFound
from samo.inference.model_store.channels import check_weights
from samo.inference.model_store.layout import CHANNELS, channel_name, file_name, manifest_name
from samo.inference.model_store.manifest import MANIFEST_FILE, Channel, Manifest, Task
from samo.ports import ObjectStore

Document = TypeVar("Document", bound=msgspec.Struct)

MAX_BYTES = 1024 * 1024
"""Ours have a few kilobytes. A manifest or a channel that has more is something else under its name."""

TASKS: tuple[Task, ...] = get_args(Task)


def read_manifest(source: ObjectStore, task: Task, version: str) -> Manifest | None:
    """The version's manifest, or None if this store has no such version.

    Raises `ModelUnavailable`, naming the file and the field, for one that cannot be used.
    """
    name = manifest_name(task, version)
    manifest = _read(source, name, Manifest)
    if manifest is None:
        return None
    if (manifest.task, manifest.version) != (task, version):
        raise ModelUnavailable(f"{name} in {source.bucket} is the manifest of {manifest.task}/{manifest.version}")
    names = [file_name(manifest, file) for file in manifest.files]
    if len(set(names)) != len(names) or not names:
        raise ModelUnavailable(f"{name} in {source.bucket} lists no file, or one of them twice")
    return manifest


def read_channel(source: ObjectStore, task: Task, channel: str) -> Channel | None:
    """The channel, or None if this store has none of this name.

    Raises `ModelUnavailable`, naming the file and the reason, for one that no version can be chosen from.
    """
    name = channel_name(task, channel)
    found = _read(source, name, Channel)
    if found is not None:
        try:
            check_weights(found.versions)
        except ValueError as error:
            raise ModelUnavailable(f"{name} in {source.bucket} cannot be used: {error}") from None
    return found


def versions_in(source: ObjectStore) -> Iterator[tuple[Task, str]]:
    """Task and version of every manifest in the store, sorted within each task; the manifests are not read."""
    for task in TASKS:
        for info in source.list(f"{task}/"):
            match info.name.split("/"):
                case [_, version, file] if file == MANIFEST_FILE and version != CHANNELS:
                    yield task, version


def channels_in(source: ObjectStore) -> Iterator[tuple[Task, str]]:
    """Task and channel of every channel in the store, sorted within each task; the channels are not read."""
    for task in TASKS:
        for info in source.list(f"{task}/{CHANNELS}/"):
            match info.name.split("/"):
                case [_, _, file] if file.endswith(".json"):
                    yield task, file.removesuffix(".json")


def _read(source: ObjectStore, name: str, kind: type[Document]) -> Document | None:
    info = source.stat(name)
    if info is None:
        return None
    if info.size > MAX_BYTES:
        too_large = f"{info.size} bytes, and at most {MAX_BYTES} are read"
        raise ModelUnavailable(f"{name} in {source.bucket} cannot be used: {too_large}")
    try:
        return documents.decode(source.read(name, generation=info.generation), kind)
    except ObjectNotFound:
        return None
    except DocumentInvalid as error:
        raise ModelUnavailable(f"{name} in {source.bucket} cannot be used: {error}") from None
