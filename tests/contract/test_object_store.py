"""What every object store promises, whatever it is made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samo.domain.errors import ObjectNameUnsupported, ObjectNotFound, PreconditionFailed, StoreUnavailable
from samo.ports import ObjectStore
from tests.contract.backends import PAGE_SIZE, Backend

ROOT = Path(__file__).parents[2]

MIB = 1024 * 1024

READABLE_NAMES = [
    "ana/entry.wav",
    "ana/2026/07/my day.m4a",
    "josé/día – ночь/日記 🌙.opus",
    "e\u0301 is not \u00e9.txt",
    "100% #1?&+=;,@!'()*[]{}|^`~<>:\".txt",
    "looks-%41-escaped-%2F.txt",
    "back\\slash.txt",
    "tab\tand bell\a.txt",
    ".hidden/.file",
    "../../etc/passwd",
    "a//b///c",
    "folder/",
    "-rf",
]


def test_an_object_reads_back_as_it_was_created(store: ObjectStore, backend: Backend) -> None:
    """Bytes, size and generation of a created object are those of a later look at it."""
    name = backend.name("entry.json")

    created = store.create(name, b'{"mood": "calm"}')

    assert store.read(name) == b'{"mood": "calm"}'
    assert created == store.stat(name)
    assert (name, 16) == (created.name, created.size)


def test_nothing_is_where_nothing_was_stored(store: ObjectStore, backend: Backend) -> None:
    """A missing object has no stat, cannot be read, replaced or deleted, and an empty folder lists nothing."""
    name = backend.name("missing.json")

    assert store.stat(name) is None
    with pytest.raises(ObjectNotFound):
        store.read(name)
    with pytest.raises(ObjectNotFound):
        next(iter(store.chunks(name)))
    with pytest.raises(PreconditionFailed):
        store.replace(name, b"", generation=1_700_000_000_000_000)
    assert not store.delete(name, generation=1_700_000_000_000_000)
    assert list(store.list(backend.name(""))) == []


def test_a_second_create_is_refused_and_changes_nothing(store: ObjectStore, backend: Backend) -> None:
    """An object that exists is not overwritten by `create`."""
    name = backend.name("result.json")
    first = store.create(name, b"first")

    with pytest.raises(PreconditionFailed):
        store.create(name, b"second")

    assert store.read(name) == b"first"
    assert first == store.stat(name)


def test_of_concurrent_creates_one_wins(backend: Backend) -> None:
    """Sixteen workers with a handle each create the same object: one succeeds, and its bytes are stored."""
    name = backend.name("lease")

    def create(worker: int) -> int | None:
        try:
            backend.open().create(name, b"worker %d" % worker)
        except PreconditionFailed:
            return None
        return worker

    with ThreadPoolExecutor(16) as workers:
        winners = [worker for worker in workers.map(create, range(16)) if worker is not None]

    assert len(winners) == 1
    assert b"worker %d" % winners[0] == backend.open().read(name)


def test_of_creates_in_several_processes_one_wins(backend: Backend) -> None:
    """Instances share nothing but the store: of eight that create the same twenty objects, each has one creator."""
    if backend.url is None:
        pytest.skip("a store in memory belongs to one process")
    names = [backend.name(f"lease-{number}") for number in range(20)]
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.contract.racing_creator", backend.url, f"worker {number}", *names],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(8)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()

    won = [json.loads(racer.communicate()[0]) for racer in racers]

    assert sorted(name for names_won in won for name in names_won) == sorted(names)
    for number, names_won in enumerate(won):
        assert [backend.open().read(name) for name in names_won] == [b"worker %d" % number] * len(names_won)


def test_of_concurrent_replacements_of_one_generation_one_wins(backend: Backend) -> None:
    """An expired lease is taken over by one of the workers that saw it."""
    name = backend.name("lease")
    expired = backend.open().create(name, b"expired")

    def take_over(worker: int) -> bool:
        try:
            backend.open().replace(name, b"worker %d" % worker, generation=expired.generation)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(take_over, range(8))) == 1


def test_a_replacement_needs_the_live_generation(store: ObjectStore, backend: Backend) -> None:
    """`replace` makes a newer generation of the one it was told, and refuses any other."""
    name = backend.name("lease")
    first = store.create(name, b"first")

    second = store.replace(name, b"second", generation=first.generation)

    assert second.generation > first.generation
    with pytest.raises(PreconditionFailed):
        store.replace(name, b"third", generation=first.generation)
    assert store.read(name) == b"second"


def test_generations_differ_between_all_writes_of_a_bucket(store: ObjectStore, backend: Backend) -> None:
    """Neither another name nor a deletion makes a generation come back."""
    generations = [store.create(backend.name(f"{number}"), b"").generation for number in range(10)]
    store.delete(backend.name("9"), generation=generations[-1])
    generations.append(store.create(backend.name("9"), b"").generation)

    assert sorted(set(generations)) == generations


def test_a_pinned_read_sees_one_generation_only(store: ObjectStore, backend: Backend) -> None:
    """What was pinned is read while it lives; once overwritten it is gone, and never are other bytes returned."""
    name = backend.name("entry.txt")
    first = store.create(name, b"first")
    assert store.read(name, generation=first.generation) == b"first"

    second = store.replace(name, b"second", generation=first.generation)

    assert store.read(name, generation=second.generation) == b"second"
    assert b"".join(store.chunks(name, generation=second.generation)) == b"second"
    with pytest.raises(ObjectNotFound):
        store.read(name, generation=first.generation)
    with pytest.raises(ObjectNotFound):
        next(iter(store.chunks(name, generation=first.generation)))


def test_a_deletion_needs_the_live_generation(store: ObjectStore, backend: Backend) -> None:
    """A slow worker cannot delete the lease that somebody else holds by now."""
    name = backend.name("lease")
    first = store.create(name, b"mine")
    second = store.replace(name, b"taken over", generation=first.generation)

    assert not store.delete(name, generation=first.generation)
    assert second == store.stat(name)
    assert store.delete(name, generation=second.generation)
    assert store.stat(name) is None
    assert not store.delete(name, generation=second.generation)


@pytest.mark.parametrize("rest", READABLE_NAMES)
def test_a_name_is_kept_character_for_character(store: ObjectStore, backend: Backend, rest: str) -> None:
    """Unicode, spaces, punctuation and what looks like a path or an escape are all part of a name."""
    name = backend.name(rest)

    created = store.create(name, name.encode())

    assert name.encode() == store.read(name)
    assert [created] == list(store.list(backend.name("")))
    assert store.delete(name, generation=created.generation)
    assert list(store.list(backend.name(""))) == []


def test_names_that_look_alike_are_different(store: ObjectStore, backend: Backend) -> None:
    """Composed and decomposed letters, case, and spaces of any kind: the bytes are the name."""
    alike = [
        "caf\u00e9",
        "cafe\u0301",
        "CAF\u00c9",
        "cafe",
        "a b",
        "a\u00a0b",
        "\u212b",
        "\u00c5",
        "ﬁ",
        "fi",
        "1",
        "１",
    ]
    for name in alike:
        store.create(backend.name(name), name.encode())

    assert [store.read(backend.name(name)).decode() for name in alike] == alike
    assert {info.name for info in store.list(backend.name(""))} == {backend.name(name) for name in alike}


def test_a_deletion_under_way_deletes_one_generation(backend: Backend) -> None:
    """Of eight workers that delete the same generation one does, and an object created since then stays."""
    name = backend.name("lease")
    expired = backend.open().create(name, b"expired")

    with ThreadPoolExecutor(8) as workers:
        deleted = list(workers.map(lambda _: backend.open().delete(name, generation=expired.generation), range(8)))
    mine = backend.open().create(name, b"mine")

    assert sum(deleted) == 1
    assert not backend.open().delete(name, generation=expired.generation)
    assert mine == backend.open().stat(name)


def test_a_listing_of_many_pages_misses_nothing(store: ObjectStore, backend: Backend) -> None:
    """Twenty-six pages of our server, with names that begin where another ends."""
    names = [backend.name(f"in/{'x' * (number % 7)}{number}") for number in range(25 * PAGE_SIZE + 1)]
    with ThreadPoolExecutor(8) as workers:
        for _ in workers.map(lambda name: store.create(name, b""), names):
            pass

    assert [info.name for info in store.list(backend.name("in/"))] == sorted(names, key=str.encode)


@pytest.mark.parametrize(
    "name", ["", "x/" * 512 + "x", "lone \ud800 surrogate"], ids=["empty", "1025 bytes", "no text"]
)
def test_a_name_that_no_store_can_hold_is_refused(store: ObjectStore, name: str) -> None:
    """A name is 1 to 1,024 bytes of Unicode text."""
    with pytest.raises(ObjectNameUnsupported):
        store.create(name, b"")


def test_the_longest_name_is_kept(store: ObjectStore, backend: Backend) -> None:
    """1,024 bytes in UTF-8 are allowed."""
    folder = backend.name("é/" * 300)
    name = folder + "x" * (1_024 - len(folder.encode()))

    store.create(name, b"long")

    assert store.read(name) == b"long"


def test_an_empty_object_is_an_object(store: ObjectStore, backend: Backend) -> None:
    """Zero bytes can be stored, seen, read and streamed."""
    name = backend.name("empty.wav")

    created = store.create(name, b"")

    assert created.size == 0
    assert created == store.stat(name)
    assert store.read(name) == b""
    assert b"".join(store.chunks(name)) == b""


def test_several_megabytes_survive(store: ObjectStore, backend: Backend) -> None:
    """A recording larger than any buffer comes back byte for byte, whole and in pieces."""
    name = backend.name("long.wav")
    data = os.urandom(9 * MIB) + b"\r\n--==boundary==--\r\n"

    store.create(name, data)

    assert data == store.read(name)
    pieces = list(store.chunks(name))
    assert data == b"".join(pieces)
    assert max(map(len, pieces)) <= 4 * MIB


def test_an_upload_stores_a_file_over_whatever_is_there(store: ObjectStore, backend: Backend, tmp_path: Path) -> None:
    """`upload` needs no generation and makes a new one."""
    source = tmp_path / "recording.wav"
    source.write_bytes(b"RIFF" + bytes(MIB))
    name = backend.name("entry.wav")
    first = store.create(name, b"older")

    second = store.upload(name, source, content_type="audio/wav")

    assert second.generation > first.generation
    assert second == store.stat(name)
    assert source.read_bytes() == store.read(name)


def test_metadata_of_an_upload_stay_with_its_generation(store: ObjectStore, backend: Backend, tmp_path: Path) -> None:
    """What the writer says of the object is read back with it, and goes when somebody else's bytes take its place."""
    source = tmp_path / "recording.wav"
    source.write_bytes(b"RIFF")
    name = backend.name("entry.wav")
    metadata = {"language": "pt-BR", "hotwords": "Zoë, O'Brien & 日記", "x": ""}

    said = store.upload(name, source, metadata=metadata)

    assert said.metadata == metadata
    assert store.stat(name) == said
    assert backend.open().stat(name) == said
    assert list(store.list(backend.name(""))) == [said]
    unsaid = store.upload(name, source)
    assert unsaid.metadata == {}
    assert store.stat(name) == unsaid
    replaced = store.replace(name, b"", generation=unsaid.generation)
    assert store.stat(name) == replaced
    assert store.delete(name, generation=replaced.generation)
    assert store.create(name, b"").metadata == {}


def test_metadata_of_a_large_file(store: ObjectStore, backend: Backend, tmp_path: Path) -> None:
    """Uploads in pieces take another way into Cloud Storage."""
    source = tmp_path / "long.wav"
    with source.open("wb") as file:
        file.truncate(9 * MIB)

    said = store.upload(backend.name("long.wav"), source, metadata={"language": "de"})

    assert said.metadata == {"language": "de"}
    assert store.stat(said.name) == said


def test_a_hundred_megabytes_pass_through_little_memory(backend: Backend, tmp_path: Path) -> None:
    """They go up and come down byte for byte, in a process of its own that hardly grows for it."""
    if backend.url is None:
        pytest.skip("a store in memory holds everything in memory")
    source = tmp_path / "long.wav"
    with source.open("wb") as file:
        file.writelines(os.urandom(MIB) for _ in range(100))
    program = ("tests.contract.large_object", backend.url, backend.name("long.wav"), str(source))

    report = json.loads(subprocess.check_output([sys.executable, "-m", *program], cwd=ROOT))

    assert report["size"] == 100 * MIB
    assert report["sha256_sent"] == report["sha256_received"]
    assert report["grown_mib"] < 48


def test_a_listing_is_sorted_and_runs_over_pages(store: ObjectStore, backend: Backend) -> None:
    """All names with the prefix come once each, sorted by their bytes, however many requests that takes."""
    # In UTF-16 the moon would come before the half-width sign; as paths, "a/b" before "a-b".
    names = [backend.name(f"in/{rest}") for rest in ("b", "a/b", "a-b", "a.b", "Z", "ä", "🌙", "\uffee", "d/e/f", "a0")]
    for name in names:
        store.create(name, name.encode())
    store.create(backend.name("in-not"), b"")

    listed = list(store.list(backend.name("in/")))

    assert len(names) > PAGE_SIZE
    assert sorted(names, key=str.encode) == [info.name for info in listed]
    assert [store.stat(info.name) for info in listed] == listed


def test_a_prefix_need_not_end_at_a_slash(store: ObjectStore, backend: Backend) -> None:
    """A prefix is any text that names start with."""
    for rest in ("ana/one.wav", "ana/other.wav", "anabel/one.wav", "bob/one.wav"):
        store.create(backend.name(rest), b"")

    def listed(prefix: str) -> list[str]:
        return [info.name.removeprefix(backend.name("")) for info in store.list(backend.name(prefix))]

    assert listed("ana") == ["ana/one.wav", "ana/other.wav", "anabel/one.wav"]
    assert listed("ana/o") == ["ana/one.wav", "ana/other.wav"]
    assert listed("ana/one.wav") == ["ana/one.wav"]
    assert listed("ana/one.wav/") == []


CALLS: dict[str, Callable[[ObjectStore, Path], object]] = {
    "stat": lambda store, _: store.stat("entry.wav"),
    "read": lambda store, _: store.read("entry.wav"),
    "chunks": lambda store, _: list(store.chunks("entry.wav")),
    "create": lambda store, _: store.create("entry.wav", b""),
    "replace": lambda store, _: store.replace("entry.wav", b"", generation=1),
    "upload": lambda store, file: store.upload("entry.wav", file),
    "delete": lambda store, _: store.delete("entry.wav", generation=1),
    "list": lambda store, _: list(store.list()),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_store_that_cannot_be_asked_says_so_soon(
    backend: Backend, tmp_path: Path, call: Callable[[ObjectStore, Path], object]
) -> None:
    """Every method raises `StoreUnavailable`, and gives up within seconds instead of the client's two minutes."""
    file = tmp_path / "entry.wav"
    file.touch()
    started = time.monotonic()

    with pytest.raises(StoreUnavailable):
        call(backend.unreachable, file)

    assert time.monotonic() - started < 3
