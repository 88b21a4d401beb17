"""The four functions, served by functions-framework as they are in the cloud, each in a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from samo.domain.names import STAGES, StageName
from samo.local.errors import LocalStackError
from samo.local.processes import Process, Processes, free_port
from samo.local.topology import PROJECT, topic

READY_S = 60.0

CONCURRENCY: Mapping[StageName, int] = {"transcription": 1, "emotion": 4, "summarization": 1, "insights": 4}
"""As many requests at once as an instance in the cloud is sent (infra/, docs/load.md)."""

_FEWEST_THREADS = 2
"""One would make gunicorn use its synchronous workers, with which each push of the emulator takes 2 s."""


@dataclass(frozen=True)
class Functions:
    """What to serve: `source` holds `{stage}/main.py`; `models` is the URL of the model store.

    `environment` is added to the environment of every function, `of_stage` to that of one.
    """

    source: Path
    models: str = "gs://models"
    environment: Mapping[str, str] = field(default_factory=dict)
    of_stage: Mapping[StageName, Mapping[str, str]] = field(default_factory=dict)

    def for_commands(self) -> dict[str, str]:
        """What a command sets that does the work of all functions itself."""
        return {**self.environment, **self.of_stage.get("transcription", {}), "SAMO_MODELS": self.models}


@dataclass(frozen=True)
class Surroundings:
    """Where a function finds Pub/Sub and Cloud Storage, and how long its leases last."""

    pubsub_host: str
    storage_url: str
    lease_s: float


def serve(functions: Functions, processes: Processes, surroundings: Surroundings) -> Mapping[StageName, str]:
    """Start the functions, wait until all answer, and say where. Raises `LocalStackError`."""
    addresses: dict[StageName, str] = {stage: f"http://127.0.0.1:{free_port()}" for stage in STAGES}
    # All at once: each spends a second on its imports.
    started = [
        (start(functions, processes, stage, addresses[stage], surroundings), addresses[stage]) for stage in STAGES
    ]
    for process, address in started:
        process.wait_for_http(address, deadline_s=READY_S)
    return addresses


def start(
    functions: Functions,
    processes: Processes,
    stage: StageName,
    address: str,
    surroundings: Surroundings,
    *,
    name: str | None = None,
) -> Process:
    """Start one function at `address` without waiting for it; its log is called `name`. Raises `LocalStackError`."""
    source = functions.source / stage / "main.py"
    if not source.is_file():
        raise LocalStackError(f"there is no {source}; name the folder `functions` of a clone of the repository")
    host, _, port = address.removeprefix("http://").partition(":")
    program = (sys.executable, "-m", "functions_framework", f"--source={source}", "--target=handle")
    options = ("--signature-type=cloudevent", f"--host={host}", f"--port={port}")
    stack = {
        "PUBSUB_EMULATOR_HOST": surroundings.pubsub_host,
        "STORAGE_EMULATOR_HOST": surroundings.storage_url,
        "SAMO_LEASE_S": str(surroundings.lease_s),
        **_settings(functions.models),
        **_job_of(source.parent),
    }
    threads = max(_FEWEST_THREADS, CONCURRENCY[stage])
    bounded = {"THREADS": str(threads)}  # functions-framework takes no more than these from its queue
    environment = {**os.environ, **stack, **bounded, **functions.environment}
    return processes.start(name or stage, (*program, *options), {**environment, **functions.of_stage.get(stage, {})})


def _job_of(folder: Path) -> dict[str, str]:
    """Where what the function hands over goes on: to processes of this machine, one for each processor."""
    job = folder / "job.py"
    return {"SAMO_JOB": job.as_uri(), "SAMO_JOB_TASKS": str(os.cpu_count() or 1)} if job.is_file() else {}


def _settings(models: str) -> dict[str, str]:
    return {
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "SAMO_RECORDINGS": "gs://recordings",
        "SAMO_RESULTS": "gs://results",
        "SAMO_LEASES": "gs://leases",
        "SAMO_MODELS": models,
        "SAMO_TRANSCRIPTS_TOPIC": topic("transcripts"),
        "SAMO_ANALYSES_TOPIC": topic("analyses"),
        "SAMO_INSIGHTS_TOPIC": topic("insights"),
    }
