"""Fetching Whisper: pinned, checked, published once, and quickly given up where the hub cannot be reached."""

from __future__ import annotations

import hashlib
import re
import resource
import socket
import time
from collections.abc import Iterator

import pytest

from samo.domain.errors import HubUnreachable, ModelCorrupt, ModelUnavailable
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.whisper import whisper_transcriber
from samo.inference.speech.whisper_sizes import DEFAULT_SIZE, WHISPER_SIZES, WhisperWeights
from samo.inference.speech.whisper_weights import Hub, fetch_weights, fetch_whisper
from tests.audio.clips import SHORT
from tests.fakes.object_store import MemoryStore
from tests.fixtures.hub import LocalHub
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING

REPOSITORY = "somebody/faster-whisper-random"
REVISION = "0123456789abcdef0123456789abcdef01234567"
VERSION = "whisper-random-0123456"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A faster-whisper folder with random weights, by file name."""
    folder = random_whisper(tmp_path_factory.mktemp("whisper"))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def hub(files: dict[str, bytes]) -> Iterator[LocalHub]:
    """A hub that has this folder."""
    with LocalHub(REPOSITORY, REVISION, files).serving() as serving:
        yield serving


@pytest.fixture
def weights(files: dict[str, bytes]) -> WhisperWeights:
    """What is known about the folder beforehand."""
    return WhisperWeights(
        REPOSITORY,
        REVISION,
        model_bytes=len(files["model.bin"]),
        model_sha256=hashlib.sha256(files["model.bin"]).hexdigest(),
        files=("config.json", "tokenizer.json", "vocabulary.json", "model.bin"),
    )


def silent(_arrived: int, _total: int) -> None:
    """Nobody watches the progress."""


def test_what_was_fetched_transcribes(weights: WhisperWeights, hub: LocalHub) -> None:
    """From an empty store to a transcript: fetched, published, served by the channel `stable`."""
    store = MemoryStore()

    manifest = fetch_weights(weights, "random", store, progress=silent, hub=Hub(hub.endpoint))

    whisper = whisper_transcriber(ModelStore([store]), threads=1, max_duration_s=60)
    transcript = whisper.transcribe(SHORT.path, RECORDING, created_at=CREATED_AT)
    assert transcript.made_by is not None
    assert transcript.made_by.version == manifest.version == VERSION


def test_the_manifest_says_where_the_weights_come_from(weights: WhisperWeights, hub: LocalHub) -> None:
    """Repository and commit, licence, the command that fetches them again, and the files' hashes."""
    manifest = fetch_weights(weights, "random", MemoryStore(), progress=silent, hub=Hub(hub.endpoint))

    assert manifest.provenance.base == f"{REPOSITORY}@{REVISION}"
    assert manifest.provenance.command == "samo models fetch transcription --size random"
    assert manifest.licence == "MIT"
    assert {file.path for file in manifest.files} == set(weights.files)


def test_progress_counts_the_bytes_of_the_weights(weights: WhisperWeights, hub: LocalHub) -> None:
    """Whoever watches sees the bytes rise to the whole."""
    seen: list[tuple[int, int]] = []

    fetch_weights(weights, "random", MemoryStore(), progress=lambda *step: seen.append(step), hub=Hub(hub.endpoint))

    assert seen[-1] == (weights.model_bytes, weights.model_bytes)
    assert seen == sorted(seen)


def test_what_the_store_holds_is_not_fetched_again(weights: WhisperWeights, hub: LocalHub) -> None:
    """The second time nothing is asked of the hub, but the channel serves this version again."""
    store = MemoryStore()
    first = fetch_weights(weights, "random", store, progress=silent, hub=Hub(hub.endpoint))
    asked = len(hub.requests)

    second = fetch_weights(weights, "random", store, progress=silent, hub=Hub(hub.endpoint))

    assert second == first
    assert len(hub.requests) == asked


def test_a_damaged_version_is_fetched_again(weights: WhisperWeights, hub: LocalHub, files: dict[str, bytes]) -> None:
    """A file in the store that is not what it was is repaired by fetching."""
    store = MemoryStore()
    fetch_weights(weights, "random", store, progress=silent, hub=Hub(hub.endpoint))
    store.put(f"transcription/{VERSION}/model.bin", b"damaged")

    fetch_weights(weights, "random", store, progress=silent, hub=Hub(hub.endpoint))

    assert store.read(f"transcription/{VERSION}/model.bin") == files["model.bin"]


def test_other_weights_than_the_pinned_ones_are_refused(weights: WhisperWeights, hub: LocalHub) -> None:
    """The hash is known beforehand, so nobody can slip in other weights; nothing is published."""
    store = MemoryStore()
    hub.files["model.bin"] = b"something else"

    with pytest.raises(ModelCorrupt, match=REPOSITORY):
        fetch_weights(weights, "random", store, progress=silent, hub=Hub(hub.endpoint))

    assert list(store.list()) == []


def test_a_file_that_the_hub_lacks_is_an_error_with_advice(weights: WhisperWeights, hub: LocalHub) -> None:
    """Nothing is published, and the error says what else can be done."""
    store = MemoryStore()
    del hub.files["tokenizer.json"]

    with pytest.raises(ModelUnavailable, match="samo models publish --from"):
        fetch_weights(weights, "random", store, progress=silent, hub=Hub(hub.endpoint))

    assert list(store.list()) == []


def test_a_hub_that_never_answers_is_given_up(weights: WhisperWeights) -> None:
    """A connection that is accepted and left alone; the hub's own client would wait for six minutes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"
        started_s = time.monotonic()

        with pytest.raises(HubUnreachable, match=r"not reached within 0\.3 s"):
            fetch_weights(weights, "random", MemoryStore(), progress=silent, hub=Hub(endpoint, patience_s=0.3))

        assert time.monotonic() - started_s < 3.0


def test_a_hub_that_is_not_there_is_given_up(weights: WhisperWeights) -> None:
    """Nothing listens; the hub's own client would try again for half a minute."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"

    with pytest.raises(HubUnreachable, match="samo models publish --from"):
        fetch_weights(weights, "random", MemoryStore(), progress=silent, hub=Hub(endpoint, patience_s=0.3))


def test_a_disk_without_room_is_no_fault_of_the_hub(weights: WhisperWeights, hub: LocalHub) -> None:
    """Nobody falls back to another engine because of it; the limit stands in for the full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ModelUnavailable, match="cannot be kept") as raised:
            fetch_weights(weights, "random", MemoryStore(), progress=silent, hub=Hub(hub.endpoint))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert not isinstance(raised.value, HubUnreachable)


def test_an_unknown_size_is_refused_with_those_that_there_are() -> None:
    """A typing mistake costs no download."""
    with pytest.raises(ModelUnavailable, match="large-v3-turbo"):
        fetch_whisper(MemoryStore(), size="enormous")


def test_patience_ends_before_five_seconds() -> None:
    """What a person without a connection waits at most, and there is a start-up before it."""
    assert Hub().patience_s <= 4.5


@pytest.mark.parametrize("size", WHISPER_SIZES)
def test_every_size_is_pinned(size: str) -> None:
    """A commit and a hash, not a branch; and all the files that loading needs."""
    weights = WHISPER_SIZES[size]

    assert re.fullmatch(r"[0-9a-f]{40}", weights.revision)
    assert re.fullmatch(r"[0-9a-f]{64}", weights.model_sha256)
    assert {"config.json", "tokenizer.json", "model.bin"} < set(weights.files)
    assert size.removeprefix("distil-") in weights.repository


def test_the_default_size_is_multilingual() -> None:
    """An English-only default would turn other languages into nonsense."""
    assert DEFAULT_SIZE in WHISPER_SIZES
    assert not DEFAULT_SIZE.endswith(".en")
