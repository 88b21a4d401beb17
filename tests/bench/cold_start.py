"""Cold start: how long a function's module takes to import, and how soon its first event is answered."""

from __future__ import annotations

import base64
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import requests

from samo.adapters.directory import DirectoryStore
from samo.domain.documents import encode, encode_compact
from samo.domain.events import ObjectPointer, TranscriptReady
from samo.domain.names import transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.local.processes import Processes, free_port
from tests.bench.figures import Figure
from tests.bench.resident import resident_mb, workers

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
ENTRY = (
    "I was so worried about the exam this morning. It went well in the end, and I am grateful to everyone who helped."
)


def measure_imports() -> list[Figure]:
    """Milliseconds to import each `main.py` in a fresh interpreter; the median of five runs."""
    return [_measure_import(name) for name in ("transcription", "emotion", "summarization", "insights")]


def measure_first_event(folder: Path) -> list[Figure]:
    """Function `emotion` as it is deployed, its model in a directory store: first answer, second answer, memory."""
    ref = _store_transcript(folder)
    port = free_port()
    with Processes(folder / "logs") as processes:
        source = ROOT / "functions" / "emotion" / "main.py"
        options = (f"--source={source}", "--target=handle", f"--port={port}")
        server = processes.start(
            "emotion",
            (sys.executable, "-m", "functions_framework", *options),
            {
                **os.environ,
                "SAMO_RESULTS": (folder / "results").as_uri(),
                "SAMO_LEASES": (folder / "leases").as_uri(),
                "SAMO_MODELS": (ROOT / "shared" / "models").as_uri(),
                "SAMO_ANALYSES_TOPIC": (folder / "analyses").as_uri(),
            },
        )
        server.wait_for_http(f"http://127.0.0.1:{port}/", deadline_s=60)
        first_ms = _post(port, ref)
        DirectoryStore(folder / "results").delete(
            f"emotions/bench/entry/{ref.generation}.json", generation=_generation(folder, ref)
        )
        second_ms = _post(port, ref)
        memory_mb = max(resident_mb(pid) for pid in workers(server.pid))
    return [
        Figure(name="emotion: first event, model load included", value=first_ms, unit="ms", bound=2500),
        Figure(name="emotion: second event", value=second_ms, unit="ms", bound=100),
        Figure(name="emotion: resident memory after both", value=memory_mb, unit="MB", bound=350),
    ]


def _measure_import(function: str) -> Figure:
    code = "import time; t = time.perf_counter(); import main; print((time.perf_counter() - t) * 1000)"
    runs = [
        float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT / "functions" / function, text=True))
        for _ in range(RUNS)
    ]
    return Figure(name=f"import functions/{function}/main.py", value=statistics.median(runs), unit="ms", bound=1000)


def _store_transcript(folder: Path) -> RecordingRef:
    ref = RecordingRef(bucket="recordings", name="bench/entry.txt", generation=1)
    transcript = Transcript(
        recording=ref,
        source="text",
        text=ENTRY,
        empty_reason=None,
        language=None,
        language_probability=None,
        segments=(),
        confidence=None,
        words_per_minute=None,
        audio=None,
        quality=None,
        dropped=(),
        hints=None,
        warnings=(),
        made_by=None,
        created_at="2026-01-01T00:00:00.000Z",
    )
    DirectoryStore(folder / "results").create(transcript_name(ref), encode(transcript))
    return ref


def _post(port: int, ref: RecordingRef) -> float:
    """Send the event as a push subscription does; returns the milliseconds until it is acknowledged."""
    pointer = ObjectPointer(bucket="results", name=transcript_name(ref), generation=1)
    data = base64.b64encode(encode_compact(TranscriptReady(recording=ref, object=pointer))).decode()
    body = {"message": {"data": data, "messageId": "1"}, "subscription": "projects/local/subscriptions/emotion"}
    started = time.perf_counter()
    answer = requests.post(
        f"http://127.0.0.1:{port}/",
        data=json.dumps(body),
        headers={"Content-Type": "application/json"},
        timeout=60,
    )
    elapsed_ms = (time.perf_counter() - started) * 1000
    answer.raise_for_status()
    return elapsed_ms


def _generation(folder: Path, ref: RecordingRef) -> int:
    info = DirectoryStore(folder / "results").stat(f"emotions/bench/entry/{ref.generation}.json")
    assert info is not None, "the emotion function acknowledged the event without a result"
    return info.generation
