"""What a directory adds to the contract of an object store: readable files, several processes, sudden death."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from samo.adapters.directory import DirectoryStore
from samo.adapters.staging import STAGING_FOLDER
from samo.domain.errors import ObjectNameUnsupported, ObjectNotFound, PreconditionFailed, StoreUnavailable

WRITER = """
import sys
from pathlib import Path
from samo.adapters.directory import DirectoryStore
store = DirectoryStore(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(10_000):
    written = store.create(f"ana/{number}.json", b"x" * 50_000)
    store.replace(written.name, b"y" * 50_000, generation=written.generation)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the objects lie."""
    return tmp_path / "results"


@pytest.fixture
def store(root: Path) -> DirectoryStore:
    """A store in an ordinary directory, which does not exist yet."""
    return DirectoryStore(root)


def test_an_object_is_a_file_that_a_person_can_open(store: DirectoryStore, root: Path) -> None:
    """The bytes lie under the object's own name, and nothing else is visible."""
    store.create("ana/my day.json", b"{}")

    assert (root / "ana" / "my day.json").read_bytes() == b"{}"
    assert store.path_of("ana/my day.json") == root / "ana" / "my day.json"
    assert {path.name for path in root.iterdir()} == {STAGING_FOLDER, "ana"}


def test_the_bucket_is_named_after_the_directory(root: Path) -> None:
    """Unless it is given another name."""
    assert DirectoryStore(root).bucket == "results"
    assert DirectoryStore(root, "ana-results").bucket == "ana-results"


def test_nothing_is_created_by_looking(store: DirectoryStore, root: Path) -> None:
    """A directory that does not exist is an empty bucket, and stays away until something is written."""
    assert store.stat("ana/entry.json") is None
    assert list(store.list()) == []
    assert not store.delete("ana/entry.json", generation=1)
    assert not root.exists()


def test_a_file_dropped_by_hand_is_an_object(store: DirectoryStore, root: Path) -> None:
    """Its generation is its modification time in microseconds; overwriting it makes another one."""
    root.mkdir()
    dropped = root / "entry.txt"
    dropped.write_bytes(b"dropped")
    os.utime(dropped, ns=(0, 1_790_000_000_123_456_789))

    info = store.stat("entry.txt")

    assert info is not None
    assert (info.generation, info.size) == (1_790_000_000_123_456, 7)
    assert list(store.list()) == [info]
    assert store.read("entry.txt", generation=info.generation) == b"dropped"
    assert store.replace("entry.txt", b"replaced", generation=info.generation).generation > info.generation


def test_a_replacement_of_a_file_from_the_future_is_newer_still(store: DirectoryStore, root: Path) -> None:
    """A wrong clock elsewhere does not make generations run backwards."""
    root.mkdir()
    (root / "entry.txt").touch()
    os.utime(root / "entry.txt", ns=(0, 4_000_000_000_000_000_000))

    replaced = store.replace("entry.txt", b"", generation=4_000_000_000_000_000)

    assert replaced.generation == 4_000_000_000_000_001
    assert store.create("later.txt", b"").generation == 4_000_000_000_000_002


def test_hidden_files_are_no_objects(store: DirectoryStore, root: Path) -> None:
    """What desktops and editors leave behind is not listed, and an object of that name is another file."""
    root.mkdir()
    (root / ".DS_Store").write_bytes(b"desktop")

    assert list(store.list()) == []
    assert store.stat(".DS_Store") is None
    store.create(".DS_Store", b"object")
    assert (root / ".DS_Store").read_bytes() == b"desktop"


def test_a_name_below_an_object_is_refused(store: DirectoryStore) -> None:
    """A file cannot be a folder as well, and the message names the object."""
    store.create("ana", b"")

    with pytest.raises(ObjectNameUnsupported, match="ana/entry"):
        store.create("ana/entry.json", b"")


def test_a_name_above_an_object_is_refused(store: DirectoryStore, tmp_path: Path) -> None:
    """A folder cannot be a file as well, and is no object itself."""
    store.create("ana/entry.json", b"")
    source = tmp_path / "source"
    source.touch()

    with pytest.raises(ObjectNameUnsupported):
        store.create("ana", b"")
    with pytest.raises(ObjectNameUnsupported):
        store.upload("ana", source)
    assert store.stat("ana") is None
    with pytest.raises(ObjectNotFound):
        store.read("ana")


def test_the_last_object_takes_its_folders_along(store: DirectoryStore, root: Path) -> None:
    """No empty folder is left to block a later object of that name."""
    deep = store.create("ana/2026/07/entry.json", b"")

    store.delete(deep.name, generation=deep.generation)

    assert not (root / "ana").exists()
    store.create("ana", b"")


def test_a_file_that_changes_while_it_is_read_is_not_believed(store: DirectoryStore, root: Path) -> None:
    """Somebody writes into the file: the mixture of old and new bytes is refused."""
    info = store.create("entry.txt", b"a" * 3_000_000)
    pieces = store.chunks("entry.txt", generation=info.generation)
    next(pieces)

    with (root / "entry.txt").open("r+b") as file:
        file.write(b"b")

    with pytest.raises(StoreUnavailable, match="changed"):
        list(pieces)


def test_a_reader_keeps_the_generation_that_it_began(store: DirectoryStore) -> None:
    """An overwrite by this store does not disturb a reader in the middle."""
    info = store.create("entry.txt", b"a" * 3_000_000)
    pieces = store.chunks("entry.txt")
    first = next(pieces)

    store.replace("entry.txt", b"b" * 3_000_000, generation=info.generation)

    assert first + b"".join(pieces) == b"a" * 3_000_000


def test_abandoned_parts_are_swept_away(root: Path) -> None:
    """What a killed writer left an hour ago is removed by the next one; a younger part may still be written to."""
    staging = root / STAGING_FOLDER
    staging.mkdir(parents=True)
    for name in ("old.part", "young.part"):
        (staging / name).touch()
    os.utime(staging / "old.part", (0, 0))

    DirectoryStore(root).create("entry.json", b"")

    assert {path.name for path in staging.glob("*.part")} == {"young.part"}


SAYING_WRITER = """
import sys
from pathlib import Path
from samo.adapters.directory import DirectoryStore
root, source = Path(sys.argv[1]), Path(sys.argv[2])
store = DirectoryStore(root)
print("ready", flush=True)
for number in range(10_000):
    source.write_text(str(number))
    store.upload("entry.txt", source, metadata={"number": str(number)})
"""


def test_bytes_and_metadata_never_part(root: Path, tmp_path: Path) -> None:
    """Whenever the writer is killed, and whatever a reader meets meanwhile: one generation, its bytes, its metadata."""
    reader = DirectoryStore(root)
    command = [sys.executable, "-c", SAYING_WRITER, str(root), str(tmp_path / "source.txt")]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            met = set()
            while len(met) < 25:
                info = reader.stat("entry.txt")
                if info is None:
                    continue
                met.add(info.generation)
                try:
                    assert reader.read("entry.txt", generation=info.generation).decode() == info.metadata["number"]
                except ObjectNotFound:
                    continue
            writer.send_signal(signal.SIGKILL)
        left = reader.stat("entry.txt")
        assert left is not None
        assert reader.read("entry.txt").decode() == left.metadata["number"]
    assert len(list((root / STAGING_FOLDER / "metadata").iterdir())) <= 1 + 2 * 3


def test_metadata_that_nobody_needs_are_removed(store: DirectoryStore, root: Path, tmp_path: Path) -> None:
    """With the object, and an hour after a killed writer."""
    source = tmp_path / "source.txt"
    source.touch()
    folder = root / STAGING_FOLDER / "metadata"
    kept = store.upload("kept.txt", source, metadata={"language": "de"})
    gone = store.upload("gone.txt", source, metadata={"language": "de"})
    store.delete("gone.txt", generation=gone.generation)
    (folder / "1.json").write_text('{"name":"kept.txt","metadata":{}}')
    (folder / "2.json").write_text('{"name":"ke')
    (folder / "3.json").write_text('{"name":"kept.txt","metadata":{}}')
    for path in (folder / "1.json", folder / "2.json", folder / f"{kept.generation}.json"):
        os.utime(path, (0, 0))

    DirectoryStore(root).create("later.txt", b"")

    assert {path.name for path in folder.iterdir()} == {f"{kept.generation}.json", "3.json"}
    assert store.stat("kept.txt") == kept


def test_a_copy_made_by_hand_has_no_metadata(store: DirectoryStore, root: Path, tmp_path: Path) -> None:
    """Though it may keep the time of the original, and so the generation."""
    source = tmp_path / "source.txt"
    source.touch()
    said = store.upload("entry.txt", source, metadata={"language": "de"})
    shutil.copy2(root / "entry.txt", root / "copy.txt")

    copy = store.stat("copy.txt")

    assert copy is not None
    assert (copy.generation, copy.metadata) == (said.generation, {})


def test_processes_share_a_directory(root: Path) -> None:
    """Of four processes that create the same objects each has one winner, and no generation comes twice."""
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as processes:
        generations = [found for batch in processes.map(partial(_create_all, root), range(4)) for found in batch]

    assert len(generations) == 40
    assert len(set(generations)) == 40
    assert {info.generation for info in DirectoryStore(root).list()} == set(generations)


def test_a_killed_writer_leaves_whole_objects_and_no_lock(root: Path) -> None:
    """After `kill -9` every object is complete, generations go on, and the next writer need not wait."""
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            before = len(list(DirectoryStore(root).list()))
            while len(list(DirectoryStore(root).list())) < before + 20:
                assert writer.poll() is None
            writer.send_signal(signal.SIGKILL)
        store = DirectoryStore(root)
        found = list(store.list())
        assert all(store.read(info.name) in (b"x" * 50_000, b"y" * 50_000) for info in found)
        assert store.create("probe", b"").generation > max(info.generation for info in found)
        for info in store.list():
            store.delete(info.name, generation=info.generation)


def _create_all(root: Path, worker: int) -> list[int]:
    store = DirectoryStore(root)
    won = []
    for number in range(40):
        try:
            won.append(store.create(f"ana/{number}.json", b"%d" % worker).generation)
        except PreconditionFailed:
            continue
    return won
