"""`examples/demo.sh` with a stand-in for `samo`: when it falls back to the stand-in engine, and when it ends."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SAMO = """#!/bin/sh
echo "$@" >> calls
[ "$1" = models ] && exit $(cat fetch-status)
exit 0
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which `samo` writes down how it is called."""
    (tmp_path / "examples").mkdir()
    shutil.copy(ROOT / "examples" / "demo.sh", tmp_path / "examples")
    samo = tmp_path / ".venv" / "bin" / "samo"
    samo.parent.mkdir(parents=True)
    samo.write_text(SAMO)
    samo.chmod(0o755)
    return tmp_path


def demo(clone: Path, fetch_status: int) -> subprocess.CompletedProcess[str]:
    """Run it where fetching ends with this status."""
    (clone / "fetch-status").write_text(str(fetch_status))
    return subprocess.run(["bash", str(clone / "examples" / "demo.sh")], capture_output=True, text=True)


def engine_used(clone: Path) -> str | None:
    """What `samo process` was told, None if it was not called."""
    for call in (clone / "calls").read_text().splitlines():
        words = call.split()
        if words[0] == "process":
            return words[words.index("--speech-engine") + 1]
    return None


def test_with_weights_whisper_listens(clone: Path) -> None:
    """Nothing is said about it."""
    ended = demo(clone, 0)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert engine_used(clone) == "whisper"


def test_without_a_hub_the_stand_in_listens(clone: Path) -> None:
    """One calm line says so."""
    ended = demo(clone, 69)

    assert ended.returncode == 0
    [line] = ended.stderr.splitlines()
    assert "pocketsphinx" in line
    assert "error" not in line.lower()
    assert engine_used(clone) == "pocketsphinx"


@pytest.mark.parametrize("status", [1, 2, 127, 143])
def test_any_other_failure_ends_the_demo(clone: Path, status: int) -> None:
    """A full disk, or weights that were tampered with, are not to be passed over."""
    ended = demo(clone, status)

    assert ended.returncode == status
    assert engine_used(clone) is None
