"""The job `modelling` over our Cloud Storage server: what an execution publishes, and what its repeats do."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from samo.adapters.gcs import GcsStore
from samo.domain.errors import ModelVersionTaken
from samo.inference.model_store.catalogue import read_channel, read_manifest
from samo.inference.model_store.store import ModelStore
from samo.local.gcs.client import local_client
from samo.local.gcs.server import GcsServer
from samo.modelling.emotion.dataset import DEV_FILE, LABELS_FILE, TRAIN_FILE
from samo.modelling.emotion.job import train_version
from samo.modelling.errors import GateFailed
from samo.settings import ModellingJobSettings
from tests.parity.given_builds import OPEN_GATE, SHUT_GATE, config_of, install_base, write_data

JOB = Path(__file__).resolve().parents[2] / "functions" / "modelling" / "job.py"
SETTINGS = ModellingJobSettings(
    data="gs://datasets/goemotions", models="gs://models", checkpoints="gs://models/checkpoints/emotion"
)
DEV_MODE = msgspec.structs.replace(config_of(OPEN_GATE), dev_mode=True, channel="candidate")


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with an untrained encoder."""
    install_base(tmp_path, monkeypatch)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server with a data set in one bucket and an empty model store in another."""
    folder = tmp_path / "objects"
    folder.mkdir()
    with GcsServer(folder) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        client = local_client(server.url)
        for bucket in ("datasets", "models"):
            client.create_bucket(bucket)
        datasets = GcsStore("datasets")
        for path in write_data(tmp_path / "data").iterdir():
            datasets.upload(f"goemotions/{path.name}", path)
        yield server.url


@pytest.fixture
def models(server: str) -> GcsStore:
    """The model store."""
    return GcsStore("models")


def job_environment(server: str) -> dict[str, str]:
    """What the job and the platform set."""
    return {
        **os.environ,
        "STORAGE_EMULATOR_HOST": server,
        "SAMO_DATA": SETTINGS.data,
        "SAMO_MODELS": SETTINGS.models,
        "CLOUD_RUN_EXECUTION": "samo-dev-modelling-x7k2p",
    }


def run_job(server: str, **settings: str) -> tuple[int, dict[str, object]]:
    """The entry point as the image starts it; its exit status and its canonical line."""
    environment = {**job_environment(server), **settings}
    done = subprocess.run([sys.executable, JOB], env=environment, capture_output=True, text=True, check=False)
    *_, last = done.stderr.strip().splitlines()
    line: dict[str, object] = json.loads(last)
    return done.returncode, line


def stored_checkpoints(models: GcsStore) -> list[str]:
    """What an execution left for its next attempt."""
    return [info.name for info in models.list("checkpoints/")]


def test_an_execution_in_dev_mode_publishes_a_version_that_the_runtime_finds(models: GcsStore) -> None:
    """Data from one bucket, model into another; the people's channel is left alone, and no checkpoint stays."""
    version = train_version(SETTINGS, DEV_MODE, retried=False)

    manifest = ModelStore([models], channel="dev").choose("emotion", key="somebody/an-entry")
    assert version == manifest.version == "tiny-1-dev"
    with ModelStore([models]).files(manifest) as files:
        assert (files / "model.onnx").is_file()
    assert read_channel(models, "emotion", "stable") is None
    assert stored_checkpoints(models) == []


def test_a_channel_of_its_own_serves_a_trained_version(models: GcsStore) -> None:
    """Who it serves is decided afterwards, with `samo models publish … --weight`."""
    config = msgspec.structs.replace(config_of(OPEN_GATE, epochs=1), channel="candidate")

    train_version(SETTINGS, config, retried=False)

    candidate = read_channel(models, "emotion", "candidate")
    assert candidate is not None
    assert candidate.versions == {"tiny-1": 1.0}


def test_what_a_gate_refused_is_not_trained_again(models: GcsStore) -> None:
    """The repeat that Cloud Run makes has an empty disk; it finds the finished training in the bucket."""
    with pytest.raises(GateFailed):
        train_version(SETTINGS, config_of(SHUT_GATE, epochs=1), retried=False)
    assert stored_checkpoints(models) == [f"checkpoints/emotion/tiny-1/{name}" for name in ("best.pt", "checkpoint.pt")]
    generations = {info.name: info.generation for info in models.list("checkpoints/")}

    with pytest.raises(GateFailed):
        train_version(SETTINGS, config_of(SHUT_GATE, epochs=1), retried=True)

    assert {info.name: info.generation for info in models.list("checkpoints/")} == generations
    assert read_manifest(models, "emotion", "tiny-1") is None


def test_a_repeat_after_a_lost_success_finishes_it(models: GcsStore) -> None:
    """The first attempt died between the version and its channel: the repeat trains nothing and lets it serve."""
    train_version(SETTINGS, DEV_MODE, retried=False)
    channel = models.stat("emotion/channels/dev.json")
    assert channel is not None
    models.delete(channel.name, generation=channel.generation)
    for name in (LABELS_FILE, TRAIN_FILE, DEV_FILE):
        _delete(GcsStore("datasets"), f"goemotions/{name}")

    assert train_version(SETTINGS, DEV_MODE, retried=True) == "tiny-1-dev"

    served = read_channel(models, "emotion", "dev")
    assert served is not None
    assert served.versions == {"tiny-1-dev": 1.0}


def test_a_version_of_another_execution_is_not_taken_for_ones_own(models: GcsStore) -> None:
    """A first attempt that finds the version there has been given a name that was used."""
    train_version(SETTINGS, DEV_MODE, retried=False)

    with pytest.raises(ModelVersionTaken):
        train_version(SETTINGS, DEV_MODE, retried=False)


def test_bad_data_is_refused_before_anything_is_trained(server: str, models: GcsStore) -> None:
    """Status 65 and one line that names file and row, and not what stands there."""
    datasets = GcsStore("datasets")
    _delete(datasets, "goemotions/dev.tsv")
    datasets.create("goemotions/dev.tsv", b"my secret\tnot a number\tid\n")

    status, line = run_job(server, SAMO_DEV_MODE="true")

    assert status == os.EX_DATAERR
    assert (line["outcome"], line["error"], line["attempt"]) == ("refused", "dataset_invalid", 0)
    assert "dev.tsv, line 1: a label id is not a number" in str(line["message"])
    assert "secret" not in str(line)
    assert list(models.list()) == []


def test_missing_data_is_refused(server: str) -> None:
    """The message says where it was looked for."""
    status, line = run_job(server, SAMO_DATA="gs://datasets/elsewhere")

    assert status == os.EX_DATAERR
    assert "labels.txt: no such object below gs://datasets/elsewhere" in str(line["message"])


def test_a_bucket_out_of_reach_is_worth_a_repeat(server: str) -> None:
    """Nothing is wrong with data or settings."""
    status, line = run_job(server, SAMO_MODELS="gs://nowhere", CLOUD_RUN_TASK_ATTEMPT="1")

    assert status == os.EX_TEMPFAIL
    assert (line["outcome"], line["error"], line["attempt"]) == ("retry", "store_unavailable", 1)


def test_wrong_settings_are_told_together(server: str) -> None:
    """Before torch is imported."""
    status, line = run_job(server, SAMO_CONFIG="another", SAMO_DEV_MODE="maybe")

    assert status == os.EX_CONFIG
    assert line["outcome"] == "misconfigured"
    assert "SAMO_CONFIG" in str(line["message"])
    assert "SAMO_DEV_MODE" in str(line["message"])


def test_an_execution_that_is_told_to_end_says_so(server: str) -> None:
    """While it waits for a store that does not answer, say; the data lies on scratch disk and goes with it."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        environment = {
            **job_environment(server),
            "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }
        job = subprocess.Popen([sys.executable, JOB], env=environment, stderr=subprocess.PIPE, text=True)
        connection, _ = silent.accept()
        with connection:
            job.send_signal(signal.SIGTERM)
            _, told = job.communicate(timeout=30)

    assert job.returncode == 128 + signal.SIGTERM
    assert json.loads(told.strip().splitlines()[-1])["outcome"] == "interrupted"


def _delete(store: GcsStore, name: str) -> None:
    info = store.stat(name)
    assert info is not None
    assert store.delete(name, generation=info.generation)
