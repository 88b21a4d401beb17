"""Models on demand: built once, refreshed now and then, and served on when the store is away."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samo.domain.errors import ModelCorrupt, ModelUnavailable, StoreUnavailable
from samo.inference.model_store.channels import choose_version
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.manifest import Manifest
from samo.inference.model_store.store import ModelStore
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore
from tests.unit.inference.model_store.given_models import FILES, put_channel, put_version

ENTRY = "user/a.m4a"
REFRESH_S = 60.0


class Engine:
    """Builds sessions (here: strings) and counts them by version."""

    def __init__(self) -> None:
        self.built: Counter[str] = Counter()

    def load(self, directory: Path, manifest: Manifest) -> str:
        """Read the weights, as a real session does."""
        weights = (directory / "model.onnx").read_bytes()
        self.built[manifest.version] += 1
        return f"session of {manifest.version} with {len(weights)} bytes"


class Session:
    """A session that a test can see disappear."""


@pytest.fixture
def store() -> MemoryStore:
    """A store whose stable channel serves v1; v2 is published too."""
    store = MemoryStore("bucket")
    put_version(store, "v1")
    put_version(store, "v2")
    put_channel(store, {"v1": 1.0})
    return store


@pytest.fixture
def engine() -> Engine:
    """An engine that has built nothing yet."""
    return Engine()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def models(store: MemoryStore, engine: Engine, clock: FakeClock) -> LazyModels[str]:
    """A warm instance's models, still cold."""
    return LazyModels(ModelStore([store]), "emotion", engine.load, clock=clock, refresh_s=REFRESH_S)


def key_of(version: str, versions: dict[str, float]) -> str:
    """An entry that this experiment gives to `version`."""
    return next(
        key
        for key in (f"user/{number}.m4a" for number in range(1_000))
        if choose_version(versions, task="emotion", key=key) == version
    )


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """Let threads act in the same moment; results or errors, in no order."""
    barrier = threading.Barrier(count, timeout=10)

    def start() -> object:
        barrier.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001
            return error

    with ThreadPoolExecutor(count) as pool:
        return [future.result(timeout=10) for future in [pool.submit(start) for _ in range(count)]]


def test_nothing_is_asked_or_built_before_the_first_entry(
    store: MemoryStore, engine: Engine, models: LazyModels[str]
) -> None:
    """A cold start pays for a model when it needs one."""
    assert store.requests == []
    assert not engine.built


def test_the_first_entry_builds_and_is_told_how_long_it_took(models: LazyModels[str]) -> None:
    """The call that loads carries the seconds, for its log line; a warm call carries 0.0."""
    first = models.get(ENTRY)
    second = models.get(ENTRY)

    assert first.model == second.model == "session of v1 with 350 bytes"
    assert first.manifest.version == "v1"
    assert first.load_s > 0
    assert second.load_s == 0.0


def test_a_warm_model_does_not_touch_the_store(store: MemoryStore, clock: FakeClock, models: LazyModels[str]) -> None:
    """Until the interval is over, an entry costs no request."""
    models.get(ENTRY)
    store.requests.clear()

    clock.advance(REFRESH_S - 1)
    for number in range(100):
        models.get(f"user/{number}.m4a")

    assert store.requests == []


def test_after_the_interval_one_small_read_and_no_new_model(
    store: MemoryStore, engine: Engine, clock: FakeClock, models: LazyModels[str]
) -> None:
    """The channel is read once more; the same version is not loaded twice."""
    models.get(ENTRY)
    store.requests.clear()

    clock.advance(REFRESH_S)
    models.get(ENTRY)
    models.get(ENTRY)

    assert {request.name for request in store.requests} == {"emotion/channels/stable.json"}
    assert [request.operation for request in store.requests] == ["stat", "read"]
    assert engine.built == {"v1": 1}


def test_a_new_version_is_served_after_the_interval(
    store: MemoryStore, clock: FakeClock, models: LazyModels[str]
) -> None:
    """A warm instance notices a promotion without a restart, within the interval and not before."""
    models.get(ENTRY)
    put_channel(store, {"v2": 1.0})

    clock.advance(REFRESH_S - 1)
    before = models.get(ENTRY).manifest.version
    clock.advance(1)
    after = models.get(ENTRY).manifest.version

    assert (before, after) == ("v1", "v2")


def test_a_canary_is_built_beside_the_version_it_is_compared_with(
    store: MemoryStore, engine: Engine, clock: FakeClock, models: LazyModels[str]
) -> None:
    """With two versions in the channel each entry has its own, and each is built once."""
    models.get(ENTRY)
    experiment = {"v1": 0.5, "v2": 0.5}
    put_channel(store, experiment)
    clock.advance(REFRESH_S)

    served = {models.get(key_of(version, experiment)).manifest.version for version in ("v1", "v2", "v1", "v2")}

    assert served == {"v1", "v2"}
    assert engine.built == {"v1": 1, "v2": 1}


def test_a_version_that_left_the_channel_is_dropped(
    store: MemoryStore, engine: Engine, clock: FakeClock, models: LazyModels[str]
) -> None:
    """Its memory is needed: when the version comes back, it is built anew."""
    models.get(ENTRY)
    for version in ("v2", "v1"):
        put_channel(store, {version: 1.0})
        clock.advance(REFRESH_S)
        models.get(ENTRY)

    assert engine.built == {"v1": 2, "v2": 1}


def test_a_clock_set_back_does_not_stop_the_refresh(
    store: MemoryStore, clock: FakeClock, models: LazyModels[str]
) -> None:
    """A wall clock can jump; a channel must not stay unread for as long as it jumped."""
    models.get(ENTRY)
    put_channel(store, {"v2": 1.0})

    clock.advance(-3_600)

    assert models.get(ENTRY).manifest.version == "v2"


# Many threads


def test_many_threads_get_one_model(engine: Engine, models: LazyModels[str]) -> None:
    """Sixteen first entries at once: one builds, all are served."""
    results = at_once(16, lambda: models.get(ENTRY).model)

    assert set(results) == {"session of v1 with 350 bytes"}
    assert engine.built == {"v1": 1}


def test_threads_that_wait_for_a_failed_build_try_themselves(
    store: MemoryStore, engine: Engine, clock: FakeClock
) -> None:
    """The first build fails: its thread has the error, the next one builds, and the others are served."""
    failures = iter([ModelUnavailable("this once")])

    def load(directory: Path, manifest: Manifest) -> str:
        for failure in failures:
            raise failure
        return engine.load(directory, manifest)

    models = LazyModels(ModelStore([store]), "emotion", load, clock=clock)

    results = at_once(8, lambda: models.get(ENTRY).model)

    assert sum(isinstance(result, ModelUnavailable) for result in results) == 1
    assert results.count("session of v1 with 350 bytes") == 7
    assert engine.built == {"v1": 1}


def test_a_slow_refresh_keeps_nobody_waiting(store: MemoryStore, clock: FakeClock, models: LazyModels[str]) -> None:
    """While one thread asks the store for the channel, the others are served from the loaded version."""
    models.get(ENTRY)
    clock.advance(REFRESH_S)
    asking, answer = threading.Event(), threading.Event()

    def hang(_: object) -> None:
        asking.set()
        assert answer.wait(timeout=10)

    store.before = hang
    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(models.get, ENTRY)
        assert asking.wait(timeout=10)
        meanwhile = models.get(ENTRY).manifest.version
        still_asking = not refreshing.done()
        answer.set()

    assert meanwhile == "v1"
    assert still_asking
    assert refreshing.result().manifest.version == "v1"


# Failures


def test_a_store_that_comes_back_serves_the_next_entry(store: MemoryStore, models: LazyModels[str]) -> None:
    """Nothing is loaded and the store is away: the error passes through, and is not remembered."""
    store.reachable = False
    with pytest.raises(StoreUnavailable):
        models.get(ENTRY)

    store.reachable = True

    assert models.get(ENTRY).manifest.version == "v1"


def test_damaged_weights_are_tried_again_once_repaired(store: MemoryStore, models: LazyModels[str]) -> None:
    """A corrupt file fails the entry and not the instance."""
    store.put("emotion/v1/model.onnx", b"damaged")
    with pytest.raises(ModelCorrupt):
        models.get(ENTRY)

    store.put("emotion/v1/model.onnx", FILES["model.onnx"])

    assert models.get(ENTRY).manifest.version == "v1"


@pytest.mark.parametrize("trouble", ["unreachable", "deleted", "broken"])
def test_a_loaded_version_is_served_on_when_the_channel_cannot_be_read(
    trouble: str,
    store: MemoryStore,
    clock: FakeClock,
    models: LazyModels[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An outage of the model store does not stop warm instances; a log line says so, once per interval."""
    monkeypatch.setattr(logging.getLogger("samo"), "propagate", True)
    models.get(ENTRY)
    if trouble == "unreachable":
        store.reachable = False
    elif trouble == "deleted":
        info = store.stat("emotion/channels/stable.json")
        assert info is not None
        store.delete(info.name, generation=info.generation)
    else:
        store.put("emotion/channels/stable.json", b"{}")
    caplog.clear()

    clock.advance(REFRESH_S)
    served = [models.get(ENTRY).manifest.version for _ in range(5)]

    assert served == ["v1"] * 5
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the emotion channel cannot be read, loaded versions stay in use" in caplog.text


def test_an_outage_ends_with_the_next_interval(store: MemoryStore, clock: FakeClock, models: LazyModels[str]) -> None:
    """After the store is back, a change made meanwhile is seen."""
    models.get(ENTRY)
    store.reachable = False
    clock.advance(REFRESH_S)
    models.get(ENTRY)
    store.reachable = True
    put_channel(store, {"v2": 1.0})

    clock.advance(REFRESH_S)

    assert models.get(ENTRY).manifest.version == "v2"


@pytest.mark.parametrize("trouble", ["corrupt", "missing", "unloadable"])
def test_a_new_version_that_cannot_be_loaded_leaves_the_last_good_one_in_use(
    trouble: str,
    store: MemoryStore,
    engine: Engine,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bad publication costs a warm instance one log line per interval, and no entry; repaired, it is served."""
    monkeypatch.setattr(logging.getLogger("samo"), "propagate", True)
    broken = trouble == "unloadable"

    def load(directory: Path, manifest: Manifest) -> str:
        if broken and manifest.version == "v2":
            raise RuntimeError("no such operator")
        return engine.load(directory, manifest)

    models = LazyModels(ModelStore([store]), "emotion", load, clock=clock, refresh_s=REFRESH_S)
    models.get(ENTRY)
    if trouble == "corrupt":
        store.put("emotion/v2/model.onnx", b"damaged")
    elif trouble == "missing":
        info = store.stat("emotion/v2/manifest.json")
        assert info is not None
        store.delete(info.name, generation=info.generation)
    put_channel(store, {"v2": 1.0})
    served = []
    caplog.clear()

    for _ in range(2):
        clock.advance(REFRESH_S)
        served += [models.get(ENTRY).manifest.version for _ in range(3)]
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    broken = False
    put_version(store, "v2")
    store.put("emotion/v2/model.onnx", FILES["model.onnx"])
    clock.advance(REFRESH_S)

    assert served == ["v1"] * 6
    assert len(warnings) == 2
    assert all("model emotion/v2 cannot be loaded, v1 stays in use" in warning for warning in warnings)
    assert "no such operator" not in caplog.text
    assert models.get(ENTRY).manifest.version == "v2"


def test_a_version_of_an_experiment_that_cannot_be_loaded_gives_its_entries_to_the_other(
    store: MemoryStore, clock: FakeClock, models: LazyModels[str]
) -> None:
    """And what serves says which version it is, so that nobody counts it for the other."""
    models.get(ENTRY)
    experiment = {"v1": 0.5, "v2": 0.5}
    put_channel(store, experiment)
    store.put("emotion/v2/model.onnx", b"damaged")
    clock.advance(REFRESH_S)

    assert models.get(key_of("v2", experiment)).manifest.version == "v1"


def test_a_cold_instance_with_a_bad_version_has_its_error_every_time(
    store: MemoryStore, models: LazyModels[str]
) -> None:
    """Nothing good is loaded: each entry tries, and says why it cannot be served."""
    store.put("emotion/v1/model.onnx", b"damaged")

    for _ in range(2):
        with pytest.raises(ModelCorrupt):
            models.get(ENTRY)


def test_the_superseded_version_is_in_memory_until_its_successor_is(
    store: MemoryStore, clock: FakeClock, engine: Engine
) -> None:
    """Both while they are swapped, and one afterwards."""
    alive: list[weakref.ref[Session]] = []
    during: list[int] = []

    def load(directory: Path, manifest: Manifest) -> Session:
        during.append(sum(session() is not None for session in alive))
        session = Session()
        alive.append(weakref.ref(session))
        return session

    models = LazyModels(ModelStore([store]), "emotion", load, clock=clock, refresh_s=REFRESH_S)
    models.get(ENTRY)
    put_channel(store, {"v2": 1.0})
    clock.advance(REFRESH_S)
    models.get(ENTRY)
    gc.collect()

    assert during == [0, 1]
    assert [session() is not None for session in alive] == [False, True]


def test_an_engines_own_error_passes_through(store: MemoryStore, clock: FakeClock) -> None:
    """What an engine cannot load is not disguised, and not kept as a model."""

    def load(directory: Path, manifest: Manifest) -> str:
        raise RuntimeError("no such operator")

    models = LazyModels(ModelStore([store]), "emotion", load, clock=clock)

    for _ in range(2):
        with pytest.raises(RuntimeError, match="no such operator"):
            models.get(ENTRY)
