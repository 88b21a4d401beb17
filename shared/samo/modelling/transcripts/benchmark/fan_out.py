"""The job as processes of this machine: what more tasks gain."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from samo.adapters.directory import DirectoryStore
from samo.adapters.local_jobs import LocalJobs
from samo.modelling.transcripts.benchmark.engines import RECORDING
from samo.settings import variable_of

_TASKS = (1, 2, 4)


class FanOut(NamedTuple):
    """Wall time by number of tasks, in seconds, and whether all of them made the same segments."""

    wall_s: dict[str, float]
    same_words: bool


def fan_out(audio: Path, models: Path, say: Callable[[str], None]) -> FanOut:
    """Transcribe the file with the job of 1, 2 and 4 tasks, each on one thread; `say` tells what has been done."""
    wall_s, texts = {}, []
    for tasks in _TASKS:
        with tempfile.TemporaryDirectory(prefix="samo-bench-") as scratch:
            folder = Path(scratch)
            stored = DirectoryStore(folder / "recordings").upload(RECORDING.name, audio)
            ref = msgspec.structs.replace(RECORDING, generation=stored.generation)
            places = {
                name: (folder / name).as_uri() for name in ("recordings", "results", "leases", "transcripts_topic")
            }
            settings = {**places, "models": models.as_uri(), "threads": "1"}
            jobs = LocalJobs(
                (sys.executable, "-m", "samo.local.transcription_task"),
                {variable_of(field): value for field, value in settings.items()},
            )
            started = time.perf_counter()
            with closing(jobs):
                jobs.launch(ref, tasks=tasks)
                jobs.wait()
            wall_s[str(tasks)] = round(time.perf_counter() - started, 1)
            say(f"{tasks} tasks: {wall_s[str(tasks)]} s")
            [found] = (folder / "results" / "transcripts").rglob("*.json")
            texts.append(json.loads(found.read_bytes())["segments"])
    return FanOut(wall_s, all(each == texts[0] for each in texts))
