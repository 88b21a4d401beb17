"""Sessions on demand: each model version is built once, when its first entry arrives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from samo.delivery_notes import note_load
from samo.domain.errors import TransientError
from samo.inference.model_store.channels import choose_version
from samo.inference.model_store.manifest import Manifest, Task
from samo.inference.model_store.store import ModelStore
from samo.ports import Clock

Model = TypeVar("Model")

_log = logging.getLogger("samo")


class Loaded(NamedTuple, Generic[Model]):
    """A model ready for use. `load_s` is the time in seconds that this call spent on loading: 0.0 when it was warm."""

    model: Model
    manifest: Manifest
    load_s: float = 0.0


class _SystemClock:
    def now_s(self) -> float:
        return time.time()


class LazyModels(Generic[Model]):
    """The sessions of one task. Safe to share among threads.

    The channel is read again at most every `refresh_s` seconds, so that a warm instance notices a new version; until
    then a loaded version is served without touching the store.

    A version that cannot be loaded does not take a warm instance down: its entries are served by the version that was
    loaded last, and it is tried again after the next refresh. For that, the version that left the channel stays in
    memory until one that is in it has been loaded: an instance needs room for both while they are swapped. To drop the
    old one first would spare that, and lose every entry to a bad publication.
    """

    def __init__(
        self,
        store: ModelStore,
        task: Task,
        load: Callable[[Path, Manifest], Model],
        *,
        clock: Clock | None = None,
        refresh_s: float = 60.0,
    ) -> None:
        self._store = store
        self._task = task
        self._load = load
        self._clock = clock or _SystemClock()
        self._refresh_s = refresh_s
        self._versions: Mapping[str, float] = {}
        self._resolved_at_s = 0.0
        self._loaded: dict[str, Loaded[Model]] = {}
        self._failed: frozenset[str] = frozenset()
        self._resolving = threading.Lock()
        self._building = threading.Lock()

    def get(self, key: str) -> Loaded[Model]:
        """The model that serves `key` (an entry), loaded if need be; other threads wait for the one that loads.

        Raises `ModelUnavailable`, `ModelCorrupt`, `StoreUnavailable` and whatever `load` raises, as long as no other
        version is loaded that could serve instead.
        """
        version = choose_version(self._current_versions(), task=self._task, key=key)
        ready = self._loaded.get(version)
        if ready is not None:
            return ready
        # One lock for all versions: two loads at once would need the memory of both.
        with self._building:
            return self._loaded.get(version) or self._built(version)

    def pinned(self, version: str) -> Loaded[Model]:
        """Exactly this version, whatever the channel serves by now: work that one model began it must also end.

        Raises `ModelUnavailable`, `ModelCorrupt`, `StoreUnavailable` and whatever `load` raises.
        """
        ready = self._loaded.get(version)
        if ready is not None:
            return ready
        with self._building:
            return self._loaded.get(version) or self._build(version)

    def _current_versions(self) -> Mapping[str, float]:
        if self._is_fresh():
            return self._versions
        # Whoever has versions to go on with does not wait for the thread that asks for new ones.
        if not self._resolving.acquire(blocking=not self._versions):
            return self._versions
        try:
            if not self._is_fresh():
                self._resolve()
            return self._versions
        finally:
            self._resolving.release()

    def _is_fresh(self) -> bool:
        # A wall clock may be set back; then the age is negative, and the channel is read again.
        return bool(self._versions) and 0 <= self._clock.now_s() - self._resolved_at_s < self._refresh_s

    def _resolve(self) -> None:
        try:
            self._versions = self._store.channel(self._task).versions
        except TransientError as error:
            if not self._loaded:
                raise
            _log.warning("the %s channel cannot be read, loaded versions stay in use: %s", self._task, error)
        self._failed = frozenset()
        self._drop_superseded()
        self._resolved_at_s = self._clock.now_s()

    def _drop_superseded(self) -> None:
        loaded = list(self._loaded)
        if any(version in self._versions for version in loaded):
            for version in loaded:
                if version not in self._versions:
                    self._loaded.pop(version, None)

    def _built(self, version: str) -> Loaded[Model]:
        good = next(reversed(list(self._loaded.values())), None)
        if good is None:
            return self._build(version)
        if version in self._failed:
            return good
        try:
            built = self._build(version)
        except Exception as error:  # noqa: BLE001 - an engine may raise anything over a bad file
            self._failed |= {version}
            # Of an engine's error, the type alone: its message is not ours.
            reason = f"{error}" if isinstance(error, TransientError) else type(error).__name__
            serving = good.manifest.version
            _log.warning("model %s/%s cannot be loaded, %s stays in use: %s", self._task, version, serving, reason)
            return good
        self._drop_superseded()
        return built

    def _build(self, version: str) -> Loaded[Model]:
        started_s = time.perf_counter()
        manifest = self._store.manifest(self._task, version)
        with self._store.files(manifest) as directory:
            model = self._load(directory, manifest)
        load_s = time.perf_counter() - started_s
        note_load(load_s)
        _log.info("model %s/%s loaded in %.2f s", self._task, version, load_s)
        self._loaded[version] = Loaded(model, manifest)
        return Loaded(model, manifest, load_s)
