"""`samo up`, as a person uses it: a folder to drop files into, a folder where results appear."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samo.domain.documents import decode
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.local.drop_folder import serve_folder
from samo.local.errors import EmulatorMissing, ProcessFailed
from samo.local.folder_state import FileState, owned_folder
from samo.local.functions import Functions
from samo.local.processes import wait_until
from samo.local.pubsub_emulator import find_jar, find_java
from samo.local.topology import STAGES

ROOT = Path(__file__).parents[2]


def test_a_dropped_entry_comes_back_as_an_insight(tmp_path: Path) -> None:
    """And a file that is no recording as a failure record; ending it leaves the results where they are."""
    needs_the_emulator()
    functions = Functions(ROOT / "functions", models=(ROOT / "shared" / "models").as_uri())
    lines: list[str] = []
    stop = threading.Event()
    results = tmp_path / "results"

    def found(pattern: str) -> list[Path]:
        return sorted(results.glob(pattern))

    with ThreadPoolExecutor(1) as background:
        serving = background.submit(serve_folder, tmp_path, functions, lines.append, stop=stop, poll_s=0.05)
        try:
            assert wait_until(lambda: bool(lines) or serving.done(), deadline_s=60)
            (tmp_path / "inbox" / "my day.txt").write_text("I am so grateful for this quiet day.")
            (tmp_path / "inbox" / "paper.pdf").write_text("%PDF")
            complete = wait_until(
                lambda: bool(found("insights/me/my day/*.json") and found("failures/**/*.json")), deadline_s=60
            )
        finally:
            stop.set()
        serving.result()

    assert complete
    [insight] = found("insights/me/my day/*.json")
    assert decode(insight.read_bytes(), Insight).transcript.text == "I am so grateful for this quiet day."
    [failure] = found("failures/**/*.json")
    assert decode(failure.read_bytes(), Failure).code == "recording_type_unknown"
    assert lines[0].startswith("ready: ")
    assert {"me/my day.txt: uploaded", "me/paper.pdf: uploaded", f"insight: {insight}"} <= set(lines)
    assert any(line.startswith("me/paper.pdf: recording_type_unknown: ") for line in lines)
    assert {log.stem for log in (tmp_path / "logs").iterdir()} >= {"pubsub-emulator", "transcription", "insights"}
    with owned_folder(tmp_path) as ended:
        for name in ("my day.txt", "paper.pdf"):
            status = (tmp_path / "inbox" / name).stat()
            assert ended.holds(f"me/{name}", FileState(status.st_mtime_ns, status.st_size))


MORTAL = """
import os, threading, time
def die():
    while not os.path.exists(os.environ["DIE_WHEN"]):
        time.sleep(0.01)
    print("out of memory", flush=True)
    os._exit(3)
if __file__.endswith("insights/main.py"):
    threading.Thread(target=die, daemon=True).start()
def handle(event):
    return None
"""


def test_a_process_that_dies_ends_the_stack_and_is_named(tmp_path: Path) -> None:
    """Instead of a folder in which nothing ever happens again."""
    needs_the_emulator()
    for stage in STAGES:
        (tmp_path / "functions" / stage).mkdir(parents=True)
        (tmp_path / "functions" / stage / "main.py").write_text(MORTAL)
    functions = Functions(tmp_path / "functions", environment={"DIE_WHEN": str(tmp_path / "die")})
    lines: list[str] = []
    stop = threading.Event()

    with ThreadPoolExecutor(1) as background:
        serving = background.submit(serve_folder, tmp_path, functions, lines.append, stop=stop, poll_s=0.05)
        try:
            assert wait_until(lambda: bool(lines) or serving.done(), deadline_s=60)
            (tmp_path / "die").touch()

            with pytest.raises(ProcessFailed, match=r"(?s)insights ended with status 3.*insights\.log.*out of memory"):
                serving.result(timeout=30)
        finally:
            stop.set()


def needs_the_emulator() -> None:
    """Skip, saying what to install, where there is none."""
    try:
        find_java()
        find_jar()
    except EmulatorMissing as error:
        pytest.skip(str(error))
