"""Published model versions: which one serves an entry, and its files, verified."""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from samo.domain.errors import ModelNotPublished, ModelUnavailable
from samo.inference.model_store.catalogue import read_channel, read_manifest
from samo.inference.model_store.channels import choose_version
from samo.inference.model_store.layout import channel_name, file_name, manifest_name
from samo.inference.model_store.manifest import Channel, Manifest, Task
from samo.inference.model_store.verification import require_sizes, verified_chunks
from samo.ports import ObjectStore


@runtime_checkable
class LocalFiles(Protocol):
    """An object store whose objects are files on this machine."""

    def path_of(self, name: str) -> Path:
        """Where the object of this name lies, whether or not there is one."""


class ModelStore:
    """Published versions in one or several object stores, searched in order.

    Nothing is remembered between calls: a failure is tried again by the next one. A store that cannot be reached ends
    the search with `StoreUnavailable`, for passing on to the next would change the model that serves an entry.
    """

    def __init__(self, sources: Sequence[ObjectStore], *, channel: str = "stable") -> None:
        self._sources = tuple(sources)
        self._channel = channel

    def choose(self, task: Task, key: str) -> Manifest:
        """The version that serves `key` (an entry), the same on every call. Raises `ModelUnavailable`."""
        return self.manifest(task, choose_version(self.channel(task).versions, task=task, key=key))

    def channel(self, task: Task) -> Channel:
        """The channel of the first source that has it. Raises `ModelNotPublished` if none has, `ModelUnavailable`."""
        for source in self._sources:
            if (channel := read_channel(source, task, self._channel)) is not None:
                return channel
        raise ModelNotPublished(f"no model for {task}: {channel_name(task, self._channel)} is {self._nowhere()}")

    def manifest(self, task: Task, version: str) -> Manifest:
        """The manifest in the first source that has the version. Raises `ModelUnavailable`."""
        for source in self._sources:
            if (manifest := read_manifest(source, task, version)) is not None:
                return manifest
        raise ModelUnavailable(f"no model {task}/{version}: {manifest_name(task, version)} is {self._nowhere()}")

    @contextmanager
    def files(self, manifest: Manifest) -> Iterator[Path]:
        """A directory with the version's verified files. Raises `ModelUnavailable`, `ModelCorrupt`.

        Files that already lie on this machine are used where they are. Others stream into a temporary directory that
        is gone when the context ends: on Cloud Run its bytes are memory.
        """
        source = self._source_of(manifest)
        directory = _local_directory(source, manifest)
        if directory is not None:
            _verify(source, manifest)
            yield directory
            return
        with tempfile.TemporaryDirectory(prefix="samo-model-") as temporary:
            _download(source, manifest, Path(temporary))
            yield Path(temporary)

    def _source_of(self, manifest: Manifest) -> ObjectStore:
        # Two sources may hold different versions under one name; the files must be of the manifest's own.
        for source in self._sources:
            if read_manifest(source, manifest.task, manifest.version) == manifest:
                return source
        name = manifest_name(manifest.task, manifest.version)
        raise ModelUnavailable(f"{name} is {self._nowhere()} as it was read; the version was deleted or changed")

    def _nowhere(self) -> str:
        return f"not in {' nor in '.join(source.bucket for source in self._sources) or 'any model store'}"


def _local_directory(source: ObjectStore, manifest: Manifest) -> Path | None:
    """The directory that holds all files under their own paths; None where the store keeps them in another way."""
    if not isinstance(source, LocalFiles):
        return None
    directory = source.path_of(manifest_name(manifest.task, manifest.version)).parent
    in_place = all(source.path_of(file_name(manifest, file)) == directory / file.path for file in manifest.files)
    return directory if in_place else None


def _verify(source: ObjectStore, manifest: Manifest) -> None:
    for file in manifest.files:
        deque(verified_chunks(source, manifest, file), maxlen=0)


def _download(source: ObjectStore, manifest: Manifest, directory: Path) -> None:
    require_sizes(source, manifest)
    _require_room(manifest, directory)
    for file in manifest.files:
        path = directory / file.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as target:
                for chunk in verified_chunks(source, manifest, file):
                    target.write(chunk)
        except OSError as error:
            raise ModelUnavailable(f"{file_name(manifest, file)} cannot be kept here: {error.strerror}") from error


def _require_room(manifest: Manifest, directory: Path) -> None:
    needed, free = sum(file.size for file in manifest.files), shutil.disk_usage(directory).free
    if needed > free:
        raise ModelUnavailable(
            f"{manifest.task}/{manifest.version} has {needed} bytes and there is room for {free}; give this instance "
            "more memory (its files are memory) or point the channel at a smaller model"
        )
