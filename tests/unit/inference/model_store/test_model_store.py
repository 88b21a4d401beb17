"""The model store: which version serves an entry, and its files, verified."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import msgspec
import pytest

from samo.adapters.directory import DirectoryStore
from samo.domain import documents
from samo.domain.errors import ModelCorrupt, ModelUnavailable, StoreUnavailable
from samo.inference.model_store.manifest import Manifest, ModelFile
from samo.inference.model_store.store import ModelStore
from samo.ports import ObjectInfo
from tests.fakes.object_store import MemoryStore, Request
from tests.unit.inference.model_store.given_models import FILES, a_manifest, put_channel, put_version

KEYS = [f"user/{number}.m4a" for number in range(200)]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary directories are made, empty at first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def content_of(directory: Path) -> dict[str, bytes]:
    """All files below a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


# Which version


def test_the_channel_names_the_version() -> None:
    """One version in the channel: every entry gets its manifest."""
    store = MemoryStore()
    manifest = put_version(store, "v1")
    put_channel(store, {"v1": 1.0})

    assert ModelStore([store]).choose("emotion", "user/a.m4a") == manifest


def test_another_channel_serves_another_version() -> None:
    """A store opened on `beta` does not look at `stable`."""
    store = MemoryStore()
    put_version(store, "v1")
    beta = put_version(store, "v2")
    put_channel(store, {"v1": 1.0})
    put_channel(store, {"v2": 1.0}, channel="beta")

    assert ModelStore([store], channel="beta").choose("emotion", "user/a.m4a") == beta


def test_an_experiment_serves_both_versions_and_each_entry_always_the_same() -> None:
    """A/B by entry: both versions are met, and a retry meets the one of the first try."""
    store = MemoryStore()
    put_version(store, "v1")
    put_version(store, "v2")
    put_channel(store, {"v1": 1.0, "v2": 1.0})

    first = [ModelStore([store]).choose("emotion", key).version for key in KEYS]
    again = [ModelStore([store]).choose("emotion", key).version for key in KEYS]

    assert first == again
    assert set(first) == {"v1", "v2"}


def test_the_first_source_that_has_the_channel_decides() -> None:
    """A bucket overrides the bundled models as soon as it has the channel."""
    bucket, bundled = MemoryStore("bucket"), MemoryStore("bundled")
    put_version(bundled, "v1")
    put_channel(bundled, {"v1": 1.0})
    put_version(bucket, "v2")
    models = ModelStore([bucket, bundled])

    before = models.choose("emotion", "user/a.m4a").version
    put_channel(bucket, {"v2": 1.0})
    after = models.choose("emotion", "user/a.m4a").version

    assert (before, after) == ("v1", "v2")


def test_a_channel_may_name_a_version_of_a_later_source() -> None:
    """The bucket decides what is served; the version may be the bundled one."""
    bucket, bundled = MemoryStore("bucket"), MemoryStore("bundled")
    put_channel(bucket, {"v1": 1.0})
    manifest = put_version(bundled, "v1")
    models = ModelStore([bucket, bundled])

    assert models.choose("emotion", "user/a.m4a") == manifest
    with models.files(manifest) as directory:
        assert content_of(directory) == FILES


def test_no_channel_anywhere_names_the_file_and_where_it_was_looked_for() -> None:
    """The message lists every source."""
    models = ModelStore([MemoryStore("bucket"), MemoryStore("bundled")])

    with pytest.raises(ModelUnavailable, match=r"emotion/channels/stable\.json is not in bucket nor in bundled"):
        models.choose("emotion", "user/a.m4a")


def test_a_version_without_manifest_is_unavailable() -> None:
    """A channel that runs ahead of the upload is an error that a retry can heal."""
    store = MemoryStore("bucket")
    put_channel(store, {"v1": 1.0})
    models = ModelStore([store])

    with pytest.raises(ModelUnavailable, match=r"emotion/v1/manifest\.json is not in bucket"):
        models.choose("emotion", "user/a.m4a")

    put_version(store, "v1")
    assert models.choose("emotion", "user/a.m4a").version == "v1"


def test_a_store_that_cannot_be_reached_is_not_passed_over() -> None:
    """Falling back to the next source would change the model of an entry because of a network hiccup."""
    bucket, bundled = MemoryStore("bucket"), MemoryStore("bundled")
    for store, version in ((bucket, "v2"), (bundled, "v1")):
        put_version(store, version)
        put_channel(store, {version: 1.0})
    models = ModelStore([bucket, bundled])
    bucket.reachable = False

    with pytest.raises(StoreUnavailable):
        models.choose("emotion", "user/a.m4a")

    bucket.reachable = True
    assert models.choose("emotion", "user/a.m4a").version == "v2"


# Channels and manifests that cannot be used


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        (b'{"schema_version": 1, "versions": {}}', "no version is listed"),
        (b'{"schema_version": 1, "versions": {"v1": 0}}', "the weight of 'v1' is 0.0"),
        (b'{"schema_version": 1, "versions": {"v1": 1, "v2": -0.5}}', "the weight of 'v2' is -0.5"),
        (b'{"schema_version": 1, "versions": {"v1": NaN}}', "malformed JSON"),
        (b'{"schema_version": 1, "versions": {"v1": "all"}}', r"invalid at `\$\.versions\[\.\.\.\]`"),
        (b'{"schema_version": 2, "versions": {"v1": 1}}', r"invalid at `\$\.schema_version`"),
        (b"", "malformed JSON"),
    ],
)
def test_a_channel_that_cannot_be_used_says_why(channel: bytes, reason: str) -> None:
    """File, store and reason; never a choice from half a channel."""
    store = MemoryStore("bucket")
    put_version(store, "v1")
    store.put("emotion/channels/stable.json", channel)

    with pytest.raises(ModelUnavailable, match=rf"emotion/channels/stable\.json in bucket .*{reason}"):
        ModelStore([store]).choose("emotion", "user/a.m4a")


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("task", "astrology", "$.task"),
        ("engine", "steam", "$.engine"),
        ("temperature", "hot", "$.temperature"),
        ("files", [{"path": "a", "size": "big", "sha256": ""}], "$.files[0].size"),
        ("thresholds", {"joy": None}, "$.thresholds[...]"),
    ],
)
def test_a_manifest_of_a_wrong_type_names_file_and_field(field: str, value: object, path: str) -> None:
    """Strict reading: a model behind a doubtful manifest is not run."""
    store = MemoryStore("bucket")
    put_version(store, "v1")
    raw = json.loads(store.content("emotion/v1/manifest.json"))
    store.put("emotion/v1/manifest.json", json.dumps({**raw, field: value}).encode())

    with pytest.raises(ModelUnavailable) as refused:
        ModelStore([store]).manifest("emotion", "v1")

    assert (
        str(refused.value) == f"emotion/v1/manifest.json in bucket cannot be used: not a Manifest: invalid at `{path}`"
    )


def test_a_manifest_in_the_wrong_folder_is_refused() -> None:
    """A folder copied and renamed by hand would serve one model under another's name."""
    store = MemoryStore("bucket")
    store.put("emotion/v2/manifest.json", documents.encode(a_manifest("v1")))

    with pytest.raises(ModelUnavailable, match=r"emotion/v2/manifest\.json in bucket is the manifest of emotion/v1"):
        ModelStore([store]).manifest("emotion", "v2")


@pytest.mark.parametrize(
    "path",
    [
        "../v2/model.onnx",
        "/etc/passwd",
        "a/../../b",
        "..",
        ".",
        "",
        "a//b",
        "a/",
        "..\\b",
        "c:model",
        "a\nb",
        "x" * 300,
        "manifest.json",
    ],
)
def test_a_path_that_leaves_the_version_is_refused(path: str) -> None:
    """Nothing is read and nothing is written outside the version, whatever a manifest says."""
    store = MemoryStore("bucket")
    put_version(store, "v1", files={path: b"data"})

    with pytest.raises(ModelUnavailable, match=r"emotion/v1/manifest\.json lists .* not the relative path"):
        ModelStore([store]).manifest("emotion", "v1")


@pytest.mark.parametrize("version", ["../../other", "v1/v2", "", ".hidden", "channels", "a\\b", "v" * 101])
def test_a_channel_cannot_name_a_version_that_is_no_folder(version: str) -> None:
    """A version name becomes part of a path: only a plain name will do."""
    store = MemoryStore("bucket")
    put_channel(store, {version: 1.0})

    with pytest.raises(ModelUnavailable, match="cannot"):
        ModelStore([store]).choose("emotion", "user/a.m4a")


@pytest.mark.parametrize("twice", [0, 2])
def test_a_manifest_lists_each_file_once(twice: int) -> None:
    """No file, or one file twice, is a mistake of whoever wrote the manifest."""
    store = MemoryStore("bucket")
    file = ModelFile(path="model.onnx", size=1, sha256="0" * 64)
    manifest = a_manifest("v1", files={})
    raw = json.loads(documents.encode(manifest)) | {"files": [json.loads(documents.encode(file))] * twice}
    store.put("emotion/v1/manifest.json", json.dumps(raw).encode())

    with pytest.raises(ModelUnavailable, match="lists no file, or one of them twice"):
        ModelStore([store]).manifest("emotion", "v1")


# Files


def test_files_of_a_bucket_are_there_while_they_are_used_and_gone_afterwards(temporary: Path) -> None:
    """On Cloud Run a file on disk is memory: once a model is loaded, its files are deleted."""
    store = MemoryStore(chunk_bytes=7)
    manifest = put_version(store, "v1")

    with ModelStore([store]).files(manifest) as directory:
        during = content_of(directory)

    assert during == FILES
    assert content_of(temporary) == {}
    assert not directory.exists()


def test_files_are_gone_as_well_when_loading_fails(temporary: Path) -> None:
    """An error in the block is passed on, and nothing stays."""
    store = MemoryStore()
    manifest = put_version(store, "v1")

    with pytest.raises(ZeroDivisionError), ModelStore([store]).files(manifest):
        1 / 0  # noqa: B018

    assert list(temporary.iterdir()) == []


def test_files_of_a_directory_store_are_used_where_they_are(tmp_path: Path, temporary: Path) -> None:
    """A model on this machine is not copied, and not deleted."""
    manifest = put_directory_version(tmp_path / "models")
    models = ModelStore([DirectoryStore(tmp_path / "models")])

    with models.files(manifest) as directory:
        used = directory
        assert list(temporary.iterdir()) == []

    assert used == tmp_path / "models" / "emotion" / "v1"
    assert content_of(used).keys() == {*FILES, "manifest.json"}


def test_files_that_a_directory_store_keeps_under_another_name_are_copied(tmp_path: Path, temporary: Path) -> None:
    """A store may have to escape a name; the engine still finds every file under the manifest's path."""
    files = {".hidden": b"a", "model.onnx": b"b"}
    manifest = put_directory_version(tmp_path / "models", files=files)

    with ModelStore([DirectoryStore(tmp_path / "models")]).files(manifest) as directory:
        assert content_of(directory) == files
        assert directory.parent == temporary


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("damaged", "difference"),
    [
        (b"wEIGHTS" * 50, "has SHA-256"),
        (b"weights" * 49, "has 343 bytes where its manifest says 350 bytes"),
        (b"weights" * 51, "has more where its manifest says 350 bytes"),
        (b"", "has 0 bytes where its manifest says 350 bytes"),
    ],
)
def test_damaged_files_are_refused_and_nothing_is_kept(
    damaged: bytes, difference: str, in_place: bool, tmp_path: Path, temporary: Path
) -> None:
    """Wrong bytes never reach an engine; the error names store, version and file. The next try starts afresh."""
    name = "emotion/v1/model.onnx"
    source: MemoryStore | DirectoryStore = DirectoryStore(tmp_path / "models") if in_place else MemoryStore("models")
    manifest = put_directory_version(tmp_path / "models") if in_place else put_version(source, "v1")  # type: ignore[arg-type]
    models = ModelStore([source])
    overwrite(source, name, damaged)

    with pytest.raises(ModelCorrupt, match=rf"{name} in models {difference}"), models.files(manifest):
        pytest.fail("the engine saw damaged files")

    assert list(temporary.iterdir()) == []
    overwrite(source, name, FILES["model.onnx"])
    with models.files(manifest) as directory:
        assert (directory / "model.onnx").read_bytes() == FILES["model.onnx"]


def test_a_file_larger_than_its_manifest_is_not_read_to_its_end() -> None:
    """Its size is known before: the disk is memory."""
    store = MemoryStore("bucket", chunk_bytes=100)
    manifest = put_version(store, "v1", files={"model.onnx": b"x" * 150})
    store.put("emotion/v1/model.onnx", b"x" * 1_000_000)

    with pytest.raises(ModelCorrupt, match="more"), ModelStore([store]).files(manifest):
        pytest.fail("the engine saw damaged files")

    assert store.streamed_bytes == 0


def test_a_missing_file_is_named(temporary: Path) -> None:
    """A version with a hole is unavailable, not corrupt: publishing it again heals it."""
    store = MemoryStore("bucket")
    manifest = put_version(store, "v1")
    info = store.stat("emotion/v1/tokenizer/vocab.txt")
    assert info is not None
    store.delete(info.name, generation=info.generation)

    with (
        pytest.raises(ModelUnavailable, match=r"emotion/v1/tokenizer/vocab\.txt is missing in bucket") as refused,
        ModelStore([store]).files(manifest),
    ):
        pytest.fail("the engine saw half a version")

    assert not isinstance(refused.value, ModelCorrupt)
    assert list(temporary.iterdir()) == []


def test_a_connection_that_breaks_in_the_middle_leaves_nothing_behind(temporary: Path) -> None:
    """`StoreUnavailable` passes through for redelivery, the first half is deleted, and the next try succeeds."""
    store = MemoryStore("bucket")
    manifest = put_version(store, "v1")
    models = ModelStore([store])

    def break_at_the_second_file(request: Request) -> None:
        store.reachable = not request.name.endswith("vocab.txt")

    store.before = break_at_the_second_file
    with pytest.raises(StoreUnavailable), models.files(manifest):
        pytest.fail("the engine saw half a version")

    assert list(temporary.iterdir()) == []
    store.before, store.reachable = None, True
    with models.files(manifest) as directory:
        assert content_of(directory) == FILES


def test_files_come_from_the_source_whose_manifest_it_is() -> None:
    """Two stores may hold different versions of one name; files and manifest are never mixed."""
    bucket, bundled = MemoryStore("bucket"), MemoryStore("bundled")
    put_version(bucket, "v1", files={"model.onnx": b"the bucket's"})
    manifest = put_version(bundled, "v1", files={"model.onnx": b"the bundled one"})

    with ModelStore([bucket, bundled]).files(manifest) as directory:
        assert content_of(directory) == {"model.onnx": b"the bundled one"}


def test_a_version_deleted_since_it_was_chosen_is_unavailable() -> None:
    """The manifest in hand is no longer in any store."""
    with (
        pytest.raises(ModelUnavailable, match=r"emotion/v1/manifest\.json is not in bucket as it was read"),
        ModelStore([MemoryStore("bucket")]).files(a_manifest("v1")),
    ):
        pytest.fail("there are no files")


def test_a_full_disk_is_a_named_error(temporary: Path) -> None:
    """Where files cannot be written the error names the model, and a retry elsewhere can help."""
    store = MemoryStore("bucket")
    # A path that is both a file and a folder: the simplest disk that refuses.
    manifest = put_version(store, "v1", files={"a": b"1", "a/b": b"2"})

    with (
        pytest.raises(ModelUnavailable, match="emotion/v1/a/b cannot be kept here"),
        ModelStore([store]).files(manifest),
    ):
        pytest.fail("there are no files")

    assert list(temporary.iterdir()) == []


def put_directory_version(root: Path, files: dict[str, bytes] = FILES) -> Manifest:
    """Version v1 in a directory store."""
    store = DirectoryStore(root)
    manifest = a_manifest("v1", files=files)
    for path, data in {**files, "manifest.json": documents.encode(manifest)}.items():
        store.create(f"emotion/v1/{path}", data)
    return manifest


def overwrite(source: MemoryStore | DirectoryStore, name: str, data: bytes) -> None:
    """Change an object behind the model store's back."""
    info = source.stat(name)
    assert info is not None
    source.replace(name, data, generation=info.generation)


def test_a_manifest_that_claims_more_than_is_stored_streams_nothing() -> None:
    """A hundred gigabytes on paper are found out by the sizes alone."""
    store = MemoryStore("bucket")
    manifest = claiming(store, 10**11)

    with (
        pytest.raises(ModelCorrupt, match="has 7 bytes where its manifest says 100000000000"),
        ModelStore([store]).files(manifest),
    ):
        pytest.fail("the files were handed out")

    assert store.streamed_bytes == 0


def test_a_model_that_does_not_fit_here_streams_nothing() -> None:
    """The files of an instance are its memory: it is asked for room first, and the error says how much is missing."""
    store = Boaster("bucket")
    manifest = claiming(store, 10**15)

    with (
        pytest.raises(ModelUnavailable, match="has 1000000000000000 bytes and there is room for"),
        ModelStore([store]).files(manifest),
    ):
        pytest.fail("the files were handed out")

    assert store.streamed_bytes == 0


@pytest.mark.parametrize("name", ["emotion/v1/manifest.json", "emotion/channels/stable.json"])
def test_a_manifest_or_channel_of_a_megabyte_is_not_read(name: str) -> None:
    """What is so large under that name is something else."""
    store = MemoryStore("bucket")
    put_version(store, "v1")
    put_channel(store, {"v1": 1.0})
    store.put(name, b" " * (2 * 1024 * 1024))

    with pytest.raises(ModelUnavailable, match=f"{name} in bucket cannot be used: 2097152 bytes"):
        ModelStore([store]).choose("emotion", "mia/day")

    assert Request("read", name) not in store.requests


class Boaster(MemoryStore):
    """A store that believes to hold a petabyte under every name."""

    def stat(self, name: str) -> ObjectInfo | None:
        """What is stored, of another size."""
        info = super().stat(name)
        return info and msgspec.structs.replace(info, size=10**15 if name.endswith(".onnx") else info.size)


def claiming(store: MemoryStore, size: int) -> Manifest:
    """A version whose one file of seven bytes is of `size` bytes, says its manifest."""
    manifest = put_version(store, "v1", files={"model.onnx": b"weights"})
    [file] = manifest.files
    manifest = msgspec.structs.replace(manifest, files=(msgspec.structs.replace(file, size=size),))
    store.put("emotion/v1/manifest.json", documents.encode(manifest))
    return manifest
