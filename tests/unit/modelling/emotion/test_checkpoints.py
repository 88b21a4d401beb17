"""Checkpoints in an object store: what is there at any moment, and what the next attempt finds."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from samo.domain.errors import StoreUnavailable
from samo.modelling.emotion.checkpoints import BEST_FILE, CHECKPOINT_FILE, StoredCheckpoints
from samo.ports import ObjectInfo
from tests.fakes.object_store import MemoryStore

PREFIX = "checkpoints/v1/"


class InterruptedStore(MemoryStore):
    """A bucket whose connection breaks ahead of the second upload, and training that goes on after the first."""

    def __init__(self, work_dir: Path) -> None:
        super().__init__("checkpoints")
        self._work_dir = work_dir
        self._uploads = 0

    def upload(self, name: str, source: Path, *, content_type: str = "application/octet-stream") -> ObjectInfo:
        """The first upload alone arrives; meanwhile the epoch ends."""
        self._uploads += 1
        if self._uploads > 1:
            raise StoreUnavailable("the connection broke")
        info = super().upload(name, source, content_type=content_type)
        trained(self._work_dir, "epoch 2")
        return info


def trained(work_dir: Path, progress: str) -> None:
    """Files as training leaves them: replaced, best weights first."""
    work_dir.mkdir(parents=True, exist_ok=True)
    for name in (BEST_FILE, CHECKPOINT_FILE):
        partial = work_dir / f"{name}.partial"
        partial.write_text(progress)
        partial.replace(work_dir / name)


def stored(store: MemoryStore) -> dict[str, str]:
    """What the bucket holds."""
    return {info.name: store.read(info.name).decode() for info in store.list()}


def test_the_next_attempt_goes_on_where_the_last_one_was_lost(tmp_path: Path) -> None:
    """On another machine with an empty disk; teachers of an ensemble have folders of their own."""
    store = MemoryStore("checkpoints")
    lost, next_attempt = tmp_path / "lost", tmp_path / "next"
    with suppress(KeyboardInterrupt), StoredCheckpoints(store, PREFIX, lost):
        trained(lost, "student")
        trained(lost / "teacher-1", "teacher")
        raise KeyboardInterrupt

    with StoredCheckpoints(store, PREFIX, next_attempt):
        assert (next_attempt / CHECKPOINT_FILE).read_text() == "student"
        assert (next_attempt / BEST_FILE).read_text() == "student"
        assert (next_attempt / "teacher-1" / CHECKPOINT_FILE).read_text() == "teacher"


def test_a_finished_build_leaves_nothing_behind(tmp_path: Path) -> None:
    """What is published needs no checkpoint, and storage is paid for; another version's stay."""
    store = MemoryStore("checkpoints")
    store.create("checkpoints/v2/checkpoint.pt", b"another build")

    with StoredCheckpoints(store, PREFIX, tmp_path) as checkpoints:
        trained(tmp_path, "epoch 1")
        checkpoints.store_now()
        assert set(stored(store)) > {f"{PREFIX}{CHECKPOINT_FILE}", f"{PREFIX}{BEST_FILE}"}

    assert set(stored(store)) == {"checkpoints/v2/checkpoint.pt"}


def test_stored_best_weights_are_never_older_than_the_stored_checkpoint(tmp_path: Path) -> None:
    """The connection breaks between the two files, while training replaces both."""
    trained(tmp_path, "epoch 1")
    store = InterruptedStore(tmp_path)

    StoredCheckpoints(store, PREFIX, tmp_path).store_now()

    assert stored(store) == {f"{PREFIX}{BEST_FILE}": "epoch 1"}


def test_what_has_not_changed_is_not_stored_again(tmp_path: Path) -> None:
    """Hundreds of megabytes every five minutes are for something."""
    store = MemoryStore("checkpoints")
    trained(tmp_path, "epoch 1")
    os.utime(tmp_path / BEST_FILE, ns=(1, 1))
    checkpoints = StoredCheckpoints(store, PREFIX, tmp_path)
    checkpoints.store_now()
    before = {info.name: info.generation for info in store.list()}
    (tmp_path / CHECKPOINT_FILE).write_text("epoch 2")

    checkpoints.store_now()

    after = {info.name: info.generation for info in store.list()}
    assert [name for name in after if after[name] != before[name]] == [f"{PREFIX}{CHECKPOINT_FILE}"]


def test_a_store_out_of_reach_does_not_end_the_training(tmp_path: Path) -> None:
    """But it does end the beginning: a training from the start would overwrite what is stored."""
    store = MemoryStore("checkpoints")
    with StoredCheckpoints(store, PREFIX, tmp_path) as checkpoints:
        trained(tmp_path, "epoch 1")
        store.reachable = False
        checkpoints.store_now()

    with pytest.raises(StoreUnavailable), StoredCheckpoints(store, PREFIX, tmp_path):
        pytest.fail("entered without knowing what is stored")
