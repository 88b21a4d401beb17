"""Models on demand: which version serves an entry, its files verified, its session built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from samo.inference.manifest import Manifest, Task
from samo.ports import ObjectStore

Model = TypeVar("Model")


class ModelStore:
    """Published versions in one or several object stores, searched in order."""

    def __init__(self, sources: Sequence[ObjectStore], *, channel: str = "stable") -> None: ...

    def choose(self, task: Task, key: str) -> Manifest:
        """The version that serves `key` (an entry), the same on every call. Raises `ModelUnavailable`."""
        raise NotImplementedError

    def manifest(self, task: Task, version: str) -> Manifest:
        """Raises `ModelUnavailable`."""
        raise NotImplementedError

    @contextmanager
    def files(self, manifest: Manifest) -> Iterator[Path]:
        """A directory with the version's verified files. Raises `ModelUnavailable`, `ModelCorrupt`."""
        raise NotImplementedError
        yield


class Loaded(NamedTuple, Generic[Model]):
    model: Model
    manifest: Manifest


class LazyModels(Generic[Model]):
    """The sessions of one task: each version built on first use, behind a lock."""

    def __init__(self, store: ModelStore, task: Task, load: Callable[[Path, Manifest], Model]) -> None: ...

    def get(self, key: str) -> Loaded[Model]:
        raise NotImplementedError
