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
from samo.local.errors import EmulatorMissing
from samo.local.functions import Functions
from samo.local.processes import wait_until
from samo.local.pubsub_emulator import find_jar, find_java

ROOT = Path(__file__).parents[2]


def test_a_dropped_entry_comes_back_as_an_insight(tmp_path: Path) -> None:
    """And a file that is no recording as a failure record; ending it leaves the results where they are."""
    try:
        find_java()
        find_jar()
    except EmulatorMissing as error:
        pytest.skip(str(error))
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
