"""What `samo up` keeps of a folder: one process at a time, and a journal that survives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.local.folder_state import EndedUploads, FileState, FolderInUse, owned_folder

STATE = FileState(modified_ns=1_790_000_000_123_456_789, size=12)


def test_a_folder_is_served_once(tmp_path: Path) -> None:
    """The second one is told; when the first has ended, the next may come."""
    with owned_folder(tmp_path), pytest.raises(FolderInUse, match="another `samo up` serves"), owned_folder(tmp_path):
        pass

    with owned_folder(tmp_path):
        pass


def test_the_journal_survives(tmp_path: Path) -> None:
    """Name, time and size must all be the same; a name need not be Unicode."""
    with owned_folder(tmp_path) as ended:
        ended.add("me/caf\udce9.txt", STATE)

    with owned_folder(tmp_path) as ended:
        assert ended.holds("me/caf\udce9.txt", STATE)
        assert not ended.holds("me/caf\udce9.txt", STATE._replace(size=13))
        assert not ended.holds("me/caf\udce9.txt", STATE._replace(modified_ns=1))
        assert not ended.holds("me/other.txt", STATE)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"a": 1}', '{"a": ["x", "y"]}', "\xff"])
def test_a_damaged_journal_counts_as_empty(damage: str, tmp_path: Path) -> None:
    """Once more processed is better than never served again."""
    journal = tmp_path / "uploads.json"
    journal.write_bytes(damage.encode("latin-1"))

    ended = EndedUploads(journal)
    assert not ended.holds("a", STATE)
    ended.add("a", STATE)

    assert EndedUploads(journal).holds("a", STATE)
