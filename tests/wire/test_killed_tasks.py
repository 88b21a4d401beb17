"""Tasks of the job as real processes, killed at random: the transcript is that of one process that nobody disturbs."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samo.adapters.directory import DirectoryStore
from samo.domain.names import transcript_name
from samo.domain.recording import RecordingRef
from samo.inference.model_store.publishing import publish
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import SAMPLE_RATE_HZ, decode
from samo.inference.speech.whisper import whisper_transcriber
from samo.settings import variable_of
from samo.stages.checkpoints import Checkpoints
from tests.audio.clips import DEMO
from tests.audio.encode import write_wav
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import whisper_manifest

JOB = Path(__file__).parents[2] / "functions" / "transcription" / "job.py"
KILLS = 20
TASKS = 4
DEADLINE_S = 240.0


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model store with a random Whisper that is sure of all windows here.

    One that is not is asked again with a temperature, and CTranslate2 then draws from a generator that nobody can seed:
    such a window may say something else when it is transcribed again.
    """
    folder = random_whisper(tmp_path_factory.mktemp("whisper") / "random", seed=15)
    store = tmp_path_factory.mktemp("models")
    publish(DirectoryStore(store), folder, whisper_manifest(folder, version="whisper-random-1"), channel="stable")
    return store


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four minutes of speech with pauses."""
    voice = decode(DEMO.path, max_duration_s=60).samples
    pause = np.zeros(3 * SAMPLE_RATE_HZ, np.float32)
    return write_wav(tmp_path_factory.mktemp("audio") / "day.wav", np.concatenate([voice, pause] * 8))


class Deployment:
    """Stores in folders, a stored recording, and its plan in windows of half a minute: more of them than tasks."""

    def __init__(self, root: Path, models: Path, recording: Path) -> None:
        self.root = root
        stored = DirectoryStore(root / "recordings").upload("mia/day.wav", recording)
        self.ref = RecordingRef(bucket="recordings", name=stored.name, generation=stored.generation)
        planner = whisper_transcriber(
            ModelStore([DirectoryStore(models)]), threads=1, max_duration_s=3600, window_s=30.0
        )
        plan = planner.plan(recording, self.ref)
        assert plan is not None
        assert len(plan.windows) >= 8
        Checkpoints(DirectoryStore(root / "leases"), self.ref).keep_plan(plan)
        stores = {name: (root / name).as_uri() for name in ("recordings", "results", "leases", "transcripts_topic")}
        self._settings = {
            **stores,
            "models": models.as_uri(),
            "max_retries": "99",
            "recording_name": self.ref.name,
            "recording_generation": str(self.ref.generation),
        }

    def start(self, index: int, *, count: int, attempt: int) -> subprocess.Popen[bytes]:
        """A task, as Cloud Run starts it."""
        environment: Mapping[str, str] = {
            **{variable_of(field): value for field, value in self._settings.items()},
            "CLOUD_RUN_EXECUTION": "execution-1",
            "CLOUD_RUN_TASK_INDEX": str(index),
            "CLOUD_RUN_TASK_COUNT": str(count),
            "CLOUD_RUN_TASK_ATTEMPT": str(attempt),
            "PATH": "",
        }
        return subprocess.Popen([sys.executable, str(JOB)], env=environment, stderr=subprocess.DEVNULL)

    def transcript(self) -> dict[str, Any]:
        """The stored transcript, but for what two recordings and two moments differ in."""
        document = json.loads(DirectoryStore(self.root / "results").read(transcript_name(self.ref)))
        return {key: value for key, value in document.items() if key not in ("created_at", "recording")}


def test_killed_twenty_times_at_random_the_transcript_is_the_same(
    models: Path, recording: Path, tmp_path: Path
) -> None:
    """Four tasks, each started again when it is killed, against one that is left in peace; and nothing is left over."""
    undisturbed = Deployment(tmp_path / "undisturbed", models, recording)
    assert undisturbed.start(0, count=1, attempt=0).wait(DEADLINE_S) == 0
    killed = Deployment(tmp_path / "killed", models, recording)
    chance = random.Random(20)
    attempts = dict.fromkeys(range(TASKS), 0)
    running = {index: killed.start(index, count=TASKS, attempt=0) for index in attempts}
    kills, longest_s = 0, 2.0

    while running:
        index = chance.choice(sorted(running))
        try:
            status = running[index].wait(chance.uniform(0, longest_s) if kills < KILLS else DEADLINE_S)
        except subprocess.TimeoutExpired:
            assert kills < KILLS, "a task does not come to its end"
            running[index].kill()
            running[index].wait()
            kills += 1
            status = -9
        if status == 0 and kills >= KILLS:
            del running[index]
        else:  # also one that has ended well: Cloud Run may start a task twice
            if status == 0:  # where little is left to do, a task would end before anybody kills it
                longest_s = 0.3
            attempts[index] += 1
            running[index] = killed.start(index, count=TASKS, attempt=attempts[index])

    assert kills == KILLS
    assert killed.transcript() == undisturbed.transcript()
    assert killed.transcript()["text"]
    assert list(DirectoryStore(killed.root / "leases").list()) == []
    assert len(list((killed.root / "transcripts_topic").glob("*.json"))) == 1
