"""The inbox and the mirror of `samo up`, without the stack between them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samo.domain.documents import encode
from samo.domain.failure import Failure
from samo.domain.recording import RecordingRef
from samo.local.drop_folder import Inbox, Mirror
from samo.local.folder_state import EndedUploads
from tests.fakes.object_store import MemoryStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that a person drops files into, or finds results in."""
    return tmp_path


@pytest.fixture
def bucket() -> MemoryStore:
    """The other side."""
    return MemoryStore()


@pytest.fixture
def lines() -> list[str]:
    """What the person is shown."""
    return []


@pytest.fixture
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the uploads that have ended are written down."""
    return tmp_path_factory.mktemp("state") / "uploads.json"


@pytest.fixture
def inbox(folder: Path, bucket: MemoryStore, lines: list[str], journal: Path) -> Inbox:
    """An inbox of the user `me`."""
    return Inbox(folder, bucket, "me", lines.append, EndedUploads(journal))


@pytest.fixture
def mirror(folder: Path, bucket: MemoryStore, lines: list[str]) -> Mirror:
    """A mirror of the bucket's results."""
    return Mirror(bucket, folder, lines.append)


def test_a_dropped_file_is_uploaded_once(inbox: Inbox, folder: Path, bucket: MemoryStore, lines: list[str]) -> None:
    """As a recording of the user, however often the inbox is looked at."""
    (folder / "my day.txt").write_text("dear diary")

    for _ in range(4):
        inbox.look()

    assert bucket.names == ["me/my day.txt"]
    assert lines == ["me/my day.txt: uploaded"]


def test_a_file_that_still_grows_is_left_alone(inbox: Inbox, folder: Path, bucket: MemoryStore) -> None:
    """Half a recording must not be taken for a recording."""
    file = folder / "entry.wav"
    for size in (1, 2, 3):
        file.write_bytes(b"x" * size)
        inbox.look()
    assert bucket.names == []

    inbox.look()

    assert bucket.content("me/entry.wav") == b"xxx"


def test_a_changed_file_is_uploaded_again(inbox: Inbox, folder: Path, bucket: MemoryStore) -> None:
    """Saving an entry anew makes a new generation of the recording."""
    file = folder / "entry.txt"
    for text in ("first", "other"):
        file.write_text(text)
        os.utime(file, (0, len(text) * ord(text[0])))
        inbox.look()
        inbox.look()

    assert bucket.content("me/entry.txt") == b"other"


def test_a_subfolder_names_the_user_and_hidden_files_are_ignored(
    inbox: Inbox, folder: Path, bucket: MemoryStore
) -> None:
    """`inbox/ana/entry.txt` is Ana's; what desktops leave behind is nobody's."""
    (folder / "ana").mkdir()
    (folder / "ana" / "entry.txt").touch()
    (folder / ".DS_Store").touch()

    inbox.look()
    inbox.look()

    assert bucket.names == ["ana/entry.txt"]


def test_a_refused_upload_is_shown_and_the_others_go_on(
    inbox: Inbox, folder: Path, bucket: MemoryStore, lines: list[str]
) -> None:
    """One line says which file, and why."""
    (folder / "entry.txt").touch()
    bucket.reachable = False

    inbox.look()
    inbox.look()

    assert lines == ["me/entry.txt: not uploaded: memory cannot be reached"]


def test_an_insight_appears_as_a_file(mirror: Mirror, folder: Path, bucket: MemoryStore, lines: list[str]) -> None:
    """Once, under the object's name; what is no result stays in the bucket."""
    bucket.put("insights/me/entry/1.html", b"<html>")
    bucket.put("transcripts/me/entry/1.json", b"{}")

    mirror.look()
    mirror.look()

    path = folder / "insights" / "me" / "entry" / "1.html"
    assert path.read_bytes() == b"<html>"
    assert lines == [f"insight: {path}"]
    assert not (folder / "transcripts").exists()


def test_an_insight_that_was_replaced_is_shown_anew(
    mirror: Mirror, folder: Path, bucket: MemoryStore, lines: list[str]
) -> None:
    """After a retry or a reprocessing the file is what the bucket holds."""
    bucket.put("insights/me/entry/1.json", b"degraded")
    mirror.look()
    bucket.put("insights/me/entry/1.json", b"whole")

    mirror.look()

    path = folder / "insights" / "me" / "entry" / "1.json"
    assert path.read_bytes() == b"whole"
    assert lines == [f"insight: {path}"] * 2


def test_a_failure_says_what_to_do(mirror: Mirror, folder: Path, bucket: MemoryStore, lines: list[str]) -> None:
    """The line has the recording, the code, the reason and the advice."""
    failure = Failure(
        stage="transcription",
        recording=RecordingRef(bucket="recordings", name="me/entry.wav", generation=1),
        code="recording_empty",
        reason="the recording holds no bytes",
        advice="Record again.",
        created_at="2026-07-01T00:00:00Z",
    )
    bucket.put("failures/transcription/me/entry.wav/1.json", encode(failure))

    mirror.look()

    path = folder / "failures" / "transcription" / "me" / "entry.wav" / "1.json"
    assert lines == [f"me/entry.wav: recording_empty: the recording holds no bytes. Record again. ({path})"]


def test_what_has_its_outcome_is_not_uploaded_after_a_restart(
    inbox: Inbox, folder: Path, bucket: MemoryStore, lines: list[str], journal: Path
) -> None:
    """An insight, or a failure record, means that the entry has been dealt with; a change makes it a new one."""
    for name in ("good.txt", "bad.pdf"):
        (folder / name).write_text("dear diary")
    inbox.look()
    inbox.look()
    generations = {name: generation_of(bucket, f"me/{name}") for name in ("good.txt", "bad.pdf")}
    inbox.settle(
        {
            f"insights/me/good/{generations['good.txt']}.json",
            f"failures/transcription/me/bad.pdf/{generations['bad.pdf']}.json",
        }
    )
    lines.clear()

    restarted = Inbox(folder, bucket, "me", lines.append, EndedUploads(journal))
    restarted.look()
    restarted.look()
    assert lines == []
    (folder / "good.txt").write_text("dear diary, once more")
    restarted.look()
    restarted.look()

    assert lines == ["me/good.txt: uploaded"]


def test_what_has_no_outcome_yet_is_uploaded_after_a_restart(
    inbox: Inbox, folder: Path, bucket: MemoryStore, lines: list[str], journal: Path
) -> None:
    """The stack's buckets end with it, and nothing may be lost; the outcome of an older upload is none of this one."""
    (folder / "entry.txt").write_text("dear diary")
    inbox.look()
    inbox.look()
    inbox.settle({"insights/me/entry/999.json", "insights/me/other/1.json"})

    restarted = Inbox(folder, bucket, "me", lines.append, EndedUploads(journal))
    restarted.look()
    restarted.look()

    assert lines == ["me/entry.txt: uploaded", "me/entry.txt: uploaded"]


def test_the_same_file_is_another_recording_for_another_user(
    inbox: Inbox, folder: Path, bucket: MemoryStore, lines: list[str], journal: Path
) -> None:
    """`samo up --user ana` after `samo up`."""
    (folder / "entry.txt").write_text("dear diary")
    inbox.look()
    inbox.look()
    inbox.settle({f"insights/me/entry/{generation_of(bucket, 'me/entry.txt')}.json"})

    restarted = Inbox(folder, bucket, "ana", lines.append, EndedUploads(journal))
    restarted.look()
    restarted.look()

    assert bucket.names == ["ana/entry.txt", "me/entry.txt"]


def test_the_mirror_knows_what_it_copied(mirror: Mirror, bucket: MemoryStore) -> None:
    """By name; that is what an upload waits for."""
    bucket.put("insights/me/entry/1.html", b"<html>")

    mirror.look()

    assert mirror.copied == {"insights/me/entry/1.html"}


def generation_of(bucket: MemoryStore, name: str) -> int:
    """The generation that was uploaded last."""
    info = bucket.stat(name)
    assert info is not None
    return info.generation
