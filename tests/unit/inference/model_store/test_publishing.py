"""Publishing: a version arrives whole or not at all, never changes, and channels change on purpose."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from samo.domain import documents
from samo.domain.errors import ModelCorrupt, ModelUnavailable, ModelVersionTaken, PreconditionFailed, StoreUnavailable
from samo.inference.model_store.catalogue import channels_in, read_channel, versions_in
from samo.inference.model_store.manifest import Manifest
from samo.inference.model_store.publishing import add_to_channel, copy, describe, publish, set_channel
from samo.inference.model_store.store import ModelStore
from tests.fakes.object_store import MemoryStore, Request
from tests.unit.inference.model_store.given_models import FILES, a_manifest, put_channel, put_version

MANIFEST = "emotion/v1/manifest.json"
CHANNEL = "emotion/channels/stable.json"


@pytest.fixture
def store() -> MemoryStore:
    """An empty bucket."""
    return MemoryStore("bucket")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with the files of a version."""
    return write_files(tmp_path / "built", FILES)


def write_files(directory: Path, files: Mapping[str, bytes]) -> Path:
    """Lay files out as a build leaves them."""
    for relative, data in files.items():
        (directory / relative).parent.mkdir(parents=True, exist_ok=True)
        (directory / relative).write_bytes(data)
    return directory


def versions_of(store: MemoryStore, channel: str = "stable") -> dict[str, float] | None:
    """What the channel serves."""
    found = read_channel(store, "emotion", channel)
    return None if found is None else found.versions


# describe


def test_describe_lists_every_file_with_size_and_hash(directory: Path) -> None:
    """Paths are relative, with slashes, sorted: what a manifest lists."""
    described = describe(directory)

    assert [(file.path, file.size) for file in described] == [("model.onnx", 350), ("tokenizer/vocab.txt", 8)]
    assert described[0].sha256 == hashlib.sha256(FILES["model.onnx"]).hexdigest()
    assert described == a_manifest("v1").files


def test_describe_leaves_out_hidden_files_and_the_manifest(directory: Path) -> None:
    """A download's bookkeeping is not part of the model; a manifest cannot list itself."""
    write_files(directory, {".gitattributes": b"x", ".cache/lock": b"x", "manifest.json": b"{}"})

    assert describe(directory) == a_manifest("v1").files


def test_describe_follows_links_to_files(directory: Path, tmp_path: Path) -> None:
    """Download caches hold links to the files themselves."""
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "model.onnx").symlink_to(directory / "model.onnx")

    assert describe(linked) == a_manifest("v1").files[:1]


@pytest.mark.parametrize("exists", [False, True])
def test_describe_refuses_a_directory_without_files(tmp_path: Path, exists: bool) -> None:
    """A mistyped path is an error, not an empty model."""
    directory = tmp_path / "nothing"
    if exists:
        directory.mkdir()

    with pytest.raises(ModelUnavailable, match="nothing holds no model files"):
        describe(directory)


# publish


def test_a_published_version_is_served(store: MemoryStore, directory: Path) -> None:
    """What goes in comes out: through the channel, verified."""
    manifest = a_manifest("v1")

    publish(store, directory, manifest, channel="stable")

    models = ModelStore([store])
    assert models.choose("emotion", "user/a.m4a") == manifest
    with models.files(manifest) as files:
        assert (files / "tokenizer/vocab.txt").read_bytes() == FILES["tokenizer/vocab.txt"]


def test_files_come_first_then_the_manifest_then_the_channel(store: MemoryStore, directory: Path) -> None:
    """Whatever instant a reader looks at, what it can see is complete."""
    publish(store, directory, a_manifest("v1"), channel="stable")

    written = [request.name for request in store.requests if request.operation in ("upload", "create", "replace")]
    assert written == ["emotion/v1/model.onnx", "emotion/v1/tokenizer/vocab.txt", MANIFEST, CHANNEL]


@pytest.mark.parametrize("crash_at", ["emotion/v1/model.onnx", "emotion/v1/tokenizer/vocab.txt", MANIFEST, CHANNEL])
def test_a_crash_at_any_write_leaves_no_half_version_and_a_repeat_completes(
    crash_at: str, store: MemoryStore, directory: Path
) -> None:
    """The old version stays in service until the new one is whole."""
    old = put_version(store, "v0")
    put_channel(store, {"v0": 1.0})
    models = ModelStore([store])

    def crash(request: Request) -> None:
        if request.name == crash_at and request.operation in ("upload", "create", "replace"):
            raise StoreUnavailable("the connection broke")

    store.before = crash
    with pytest.raises(StoreUnavailable):
        publish(store, directory, a_manifest("v1"), channel="stable")
    store.before = None

    assert models.choose("emotion", "user/a.m4a") == old
    publish(store, directory, a_manifest("v1"), channel="stable")
    assert models.choose("emotion", "user/a.m4a") == a_manifest("v1")


def test_publishing_without_channel_serves_nobody_yet(store: MemoryStore, directory: Path) -> None:
    """A version can wait in the store for its canary."""
    publish(store, directory, a_manifest("v1"), channel=None)

    assert list(versions_in(store)) == [("emotion", "v1")]
    assert list(channels_in(store)) == []


def test_publishing_the_same_again_is_fine(store: MemoryStore, directory: Path) -> None:
    """A repeated build differs in its date alone: still the same version, with its first date."""
    manifest = a_manifest("v1")
    publish(store, directory, manifest, channel="stable")

    publish(store, directory, msgspec.structs.replace(manifest, created_at="2027-01-01T00:00:00Z"), channel="stable")

    assert ModelStore([store]).manifest("emotion", "v1") == manifest


def test_publishing_the_same_again_repairs_a_damaged_file(store: MemoryStore, directory: Path) -> None:
    """What the error message about a corrupt file advises does help."""
    manifest = a_manifest("v1")
    publish(store, directory, manifest, channel=None)
    store.put("emotion/v1/model.onnx", b"damaged")

    publish(store, directory, manifest, channel=None)

    assert store.content("emotion/v1/model.onnx") == FILES["model.onnx"]


def test_a_version_never_changes(store: MemoryStore, directory: Path, tmp_path: Path) -> None:
    """Other files under a name that is taken: refused, and every byte stays as it was."""
    publish(store, directory, a_manifest("v1"), channel="stable")
    before = {name: store.content(name) for name in store.names}
    other_files = {"model.onnx": b"other weights"}
    other = write_files(tmp_path / "other", other_files)

    with pytest.raises(ModelVersionTaken, match="bucket holds another emotion/v1 already; choose a new version name"):
        publish(store, other, a_manifest("v1", files=other_files), channel="stable")

    assert {name: store.content(name) for name in store.names} == before


def test_of_two_who_publish_one_name_at_once_the_second_is_told(
    store: MemoryStore, directory: Path, tmp_path: Path
) -> None:
    """The manifest is create-only: it decides, even when both saw the name free."""

    def other_publisher(request: Request) -> None:
        if request == ("create", MANIFEST):
            store.put(MANIFEST, documents.encode(a_manifest("v1", files={"model.onnx": b"other weights"})))

    store.before = other_publisher

    with pytest.raises(ModelVersionTaken):
        publish(store, directory, a_manifest("v1"), channel="stable")

    assert versions_of(store) is None


def test_a_lost_reply_to_the_manifests_create_is_no_error(store: MemoryStore, directory: Path) -> None:
    """The client's own retry meets what its first try wrote."""

    def first_try_arrived(request: Request) -> None:
        if request == ("create", MANIFEST):
            store.put(MANIFEST, documents.encode(a_manifest("v1")))

    store.before = first_try_arrived

    publish(store, directory, a_manifest("v1"), channel="stable")

    assert versions_of(store) == {"v1": 1.0}


@pytest.mark.parametrize(
    ("change", "error"),
    [({"model.onnx": b"damaged"}, ModelCorrupt), ({"model.onnx": None}, ModelUnavailable)],
)
def test_files_that_are_not_the_manifests_are_not_published(
    change: dict[str, bytes | None], error: type[Exception], store: MemoryStore, directory: Path
) -> None:
    """Checked before the first byte is uploaded; the message names the file."""
    for relative, data in change.items():
        (directory / relative).unlink()
        if data is not None:
            (directory / relative).write_bytes(data)

    with pytest.raises(error, match=r"emotion/v1/model\.onnx cannot be published"):
        publish(store, directory, a_manifest("v1"), channel="stable")

    assert store.names == []


def test_a_path_that_leaves_the_version_is_not_published(store: MemoryStore, directory: Path) -> None:
    """Nobody uploads over another version by a crooked manifest."""
    manifest = a_manifest("v1", files={"../v0/model.onnx": b"x"})

    with pytest.raises(ModelUnavailable, match="not the relative path"):
        publish(store, directory, manifest, channel=None)

    assert store.names == []


# copy


def test_a_copy_is_the_same_version(store: MemoryStore) -> None:
    """From the bundled store to a bucket: same manifest, same bytes, no channel touched."""
    bundled = MemoryStore("bundled")
    manifest = put_version(bundled, "v1")
    put_channel(bundled, {"v1": 1.0})

    copy(manifest, bundled, store)

    assert store.names == ["emotion/v1/manifest.json", "emotion/v1/model.onnx", "emotion/v1/tokenizer/vocab.txt"]
    assert ModelStore([store]).manifest("emotion", "v1") == manifest


def test_damaged_files_are_not_copied(store: MemoryStore) -> None:
    """Verified on the way: a damaged source does not spread."""
    bundled = MemoryStore("bundled")
    manifest = put_version(bundled, "v1")
    bundled.put("emotion/v1/tokenizer/vocab.txt", b"damaged!")

    with pytest.raises(ModelCorrupt, match=r"vocab\.txt in bundled"):
        copy(manifest, bundled, store)

    assert store.names == []


# channels


@pytest.fixture
def published(store: MemoryStore) -> MemoryStore:
    """A bucket with versions v1 and v2 and no channel."""
    put_version(store, "v1")
    put_version(store, "v2")
    return store


def test_a_canary_is_a_channel_with_two_versions(published: MemoryStore) -> None:
    """Created first, replaced later, by the same call."""
    set_channel(published, "emotion", "stable", {"v1": 1.0})
    first = versions_of(published)

    set_channel(published, "emotion", "stable", {"v1": 0.9, "v2": 0.1})

    assert first == {"v1": 1.0}
    assert versions_of(published) == {"v1": 0.9, "v2": 0.1}


def test_adding_to_a_channel_keeps_the_others(published: MemoryStore) -> None:
    """`--weight 0.1` brings a version beside those that are served; again, it changes that weight alone."""
    add_to_channel(published, "emotion", "stable", "v1", 0.9)
    add_to_channel(published, "emotion", "stable", "v2", 0.5)

    add_to_channel(published, "emotion", "stable", "v2", 0.1)

    assert versions_of(published) == {"v1": 0.9, "v2": 0.1}


def test_a_channel_in_need_of_repair_can_be_set(published: MemoryStore) -> None:
    """Setting a channel does not need what was there to be readable."""
    published.put(CHANNEL, b"not json")

    set_channel(published, "emotion", "stable", {"v1": 1.0})

    assert versions_of(published) == {"v1": 1.0}


@pytest.mark.parametrize("versions", [{}, {"v1": 0.0}, {"v1": -1.0}, {"v1": math.nan}, {"v1": 1.0, "v9": 1.0}])
def test_a_channel_that_could_serve_nobody_is_not_written(published: MemoryStore, versions: dict[str, float]) -> None:
    """Bad weights and versions that are not there are found before readers find them."""
    with pytest.raises(ModelUnavailable):
        set_channel(published, "emotion", "stable", versions)

    assert versions_of(published) is None


@pytest.mark.parametrize("existing", [None, {"v1": 1.0}])
def test_a_channel_changed_meanwhile_is_not_overwritten(
    existing: dict[str, float] | None, published: MemoryStore
) -> None:
    """Two people at once: the second is told and looks again."""
    if existing:
        put_channel(published, existing)

    def other_person(request: Request) -> None:
        if request.operation in ("create", "replace"):
            put_channel(published, {"v2": 1.0})

    published.before = other_person

    with pytest.raises(PreconditionFailed, match=r"stable\.json in bucket was changed meanwhile"):
        add_to_channel(published, "emotion", "stable", "v1", 0.5)

    assert versions_of(published) == {"v2": 1.0}


def test_a_lost_reply_to_the_channels_write_is_no_error(published: MemoryStore) -> None:
    """What is stored is what was asked for: nobody else was there."""

    def first_try_arrived(request: Request) -> None:
        if request.operation == "create":
            put_channel(published, {"v1": 1.0})

    published.before = first_try_arrived

    set_channel(published, "emotion", "stable", {"v1": 1.0})

    assert versions_of(published) == {"v1": 1.0}


# catalogue


def test_the_catalogue_lists_versions_and_channels_of_every_task(store: MemoryStore) -> None:
    """Other objects in the bucket, and folders without a manifest, are no versions."""
    put_version(store, "v2")
    put_version(store, "v1")
    put_version(store, "base", task="transcription")
    put_channel(store, {"v1": 1.0})
    put_channel(store, {"v2": 1.0}, channel="beta")
    for stray in ("emotion/half/model.onnx", "emotion/v1/deep/manifest.json", "notes.txt", "other/v1/manifest.json"):
        store.put(stray, b"")

    assert list(versions_in(store)) == [("transcription", "base"), ("emotion", "v1"), ("emotion", "v2")]
    assert list(channels_in(store)) == [("emotion", "beta"), ("emotion", "stable")]


def test_the_manifest_round_trips() -> None:
    """What `publish` writes, the store reads."""
    manifest = a_manifest("v1")

    assert documents.decode(documents.encode(manifest), Manifest) == manifest
