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

_READY_S = 60.0

# As many requests at once as an instance in the cloud is sent (infra/): a model fills its vCPUs with one.
_CONCURRENCY: Mapping[StageName, int] = {"transcription": 1, "emotion": 1, "summarization": 1, "insights": 4}


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


def serve(
    functions: Functions, processes: Processes, *, pubsub_host: str, storage_url: str, lease_s: float
) -> Mapping[StageName, str]:
    """Start the functions, wait until all answer, and say where. Raises `LocalStackError`."""
    stack = {
        "PUBSUB_EMULATOR_HOST": pubsub_host,
        "STORAGE_EMULATOR_HOST": storage_url,
        "SAMO_LEASE_S": str(lease_s),
        **_settings(functions.models),
    }
    addresses: dict[StageName, str] = {stage: f"http://127.0.0.1:{free_port()}" for stage in STAGES}
    # All at once: each spends a second on its imports.
    started = [(_start(functions, processes, stage, addresses[stage], stack), addresses[stage]) for stage in STAGES]
    for process, address in started:
        process.wait_for_http(address, deadline_s=_READY_S)
    return addresses


def _start(
    functions: Functions, processes: Processes, stage: StageName, address: str, stack: Mapping[str, str]
) -> Process:
    source = functions.source / stage / "main.py"
    if not source.is_file():
        raise LocalStackError(f"there is no {source}; name the folder `functions` of a clone of the repository")
    host, _, port = address.removeprefix("http://").partition(":")
    program = (sys.executable, "-m", "functions_framework", f"--source={source}", "--target=handle")
    options = ("--signature-type=cloudevent", f"--host={host}", f"--port={port}")
    bounded = {"THREADS": str(_CONCURRENCY[stage])}  # functions-framework takes no more than these from its queue
    environment = {**os.environ, **stack, **bounded, **functions.environment}
    return processes.start(stage, (*program, *options), {**environment, **functions.of_stage.get(stage, {})})


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
