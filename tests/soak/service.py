"""The emotion function as it is deployed, in one process for each instance, and its buckets."""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import requests

from samo.adapters.directory import DirectoryStore
from samo.adapters.gcs import GcsStore
from samo.domain.documents import encode, encode_compact
from samo.domain.errors import StoreUnavailable
from samo.domain.events import ObjectPointer, TranscriptReady
from samo.domain.names import transcript_name
from samo.local.gcs.client import local_client
from samo.local.processes import Processes, free_port, wait_until
from samo.ports import ObjectStore
from samo.wiring.model_stores import bundled_models_folder
from tests.bench.resident import workers
from tests.soak.entries import an_entry
from tests.soak.storage import BUCKETS

ROOT = Path(__file__).resolve().parents[2]

Store = Literal["directory", "gcs"]

_READY_S = 60.0
_TIMEOUT_S = 120.0


class EmotionService:
    """Instances behind no balancer: request n goes to instance n modulo their number."""

    def __init__(self, addresses: list[str], pids: list[int], results: ObjectStore, topic: Path) -> None:
        self.pids = pids
        self._addresses = addresses
        self._results = results
        self._topic = topic
        self._sessions = threading.local()

    def announce(self, run: str, number: int) -> bool:
        """Push the event of an entry as Pub/Sub does; whether it was acknowledged."""
        session = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = requests.Session()
            # A kept connection, idle for the two seconds that gunicorn waits, may be closed while it is being used.
            session.headers["Connection"] = "close"
        try:
            answer = session.post(
                self._addresses[number % len(self._addresses)],
                data=self._push(run, number),
                headers={"Content-Type": "application/json"},
                timeout=_TIMEOUT_S,
            )
        except requests.RequestException:
            return False
        return bool(answer.status_code == 200)

    def store_entries(self, run: str, count: int) -> None:
        """Put the transcripts of entries 0 … count-1 into the results bucket."""

        def store(number: int) -> None:
            entry = an_entry(run, number)
            self._results.create(transcript_name(entry.recording), encode(entry))

        with ThreadPoolExecutor(8) as writers:
            for _ in writers.map(store, range(count)):
                pass

    def readings(self, run: str) -> int:
        """How many entries of the run have a reading."""
        return sum(1 for _ in self._results.list(f"emotions/{run}/"))

    def failures(self) -> int:
        """How many failure records there are."""
        return sum(1 for prefix in ("failures/", "rejected-events/") for _ in self._results.list(prefix))

    def events(self) -> int:
        """How many events have been published, repeats not counted."""
        return sum(1 for _ in self._topic.glob("*.json"))

    def _push(self, run: str, number: int) -> bytes:
        ref = an_entry(run, number).recording
        pointer = ObjectPointer(bucket=self._results.bucket, name=transcript_name(ref), generation=1)
        data = base64.b64encode(encode_compact(TranscriptReady(recording=ref, object=pointer))).decode()
        message = {"data": data, "messageId": f"{run}-{number}"}
        return json.dumps({"message": message, "subscription": "projects/local/subscriptions/emotion"}).encode()


@contextmanager
def emotion_service(folder: Path, *, store: Store, processes: int, threads: int) -> Iterator[EmotionService]:
    """The function in `processes` instances of `threads` requests at once, warm: each has answered one entry."""
    logs, topic = folder / "logs", folder / "analyses"
    logs.mkdir(parents=True)
    with Processes(logs) as running:
        results, environment = _buckets(folder, store, running)
        environment |= {
            "SAMO_MODELS": bundled_models_folder().resolve().as_uri(),
            "SAMO_ANALYSES_TOPIC": topic.as_uri(),
            "THREADS": str(threads),
        }
        source = ROOT / "functions" / "emotion" / "main.py"
        servers, addresses = [], []
        for number in range(processes):
            port = free_port()
            command = (sys.executable, "-m", "functions_framework", f"--source={source}", "--target=handle")
            options = ("--host=127.0.0.1", f"--port={port}")
            servers.append(running.start(f"emotion-{number}", (*command, *options), {**os.environ, **environment}))
            addresses.append(f"http://127.0.0.1:{port}/")
        for server, address in zip(servers, addresses, strict=True):
            server.wait_for_http(address, deadline_s=_READY_S)
        pids = [pid for server in servers for pid in workers(server.pid)]
        service = EmotionService(addresses, pids, results, topic)
        service.store_entries("warm-up", processes)
        assert all(service.announce("warm-up", number) for number in range(processes)), "an instance does not answer"
        yield service


def _is_there(bucket: ObjectStore) -> bool:
    """Whether the server answers, and has this bucket by now."""
    try:
        return bucket.stat("none") is None
    except StoreUnavailable:
        return False


def _buckets(folder: Path, store: Store, running: Processes) -> tuple[ObjectStore, dict[str, str]]:
    if store == "directory":
        urls = {f"SAMO_{bucket.upper()}": (folder / bucket).as_uri() for bucket in BUCKETS}
        return DirectoryStore(folder / "results"), urls
    objects, port = folder / "objects", free_port()
    objects.mkdir()
    url = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "tests.soak.storage", str(objects), str(port))
    server = running.start("storage", command, {**os.environ, "PYTHONPATH": str(ROOT)})
    server.wait_for_http(url, deadline_s=_READY_S)
    buckets = GcsStore("leases", client=lambda: local_client(url))
    wait_until(lambda: _is_there(buckets), deadline_s=_READY_S)
    urls = {f"SAMO_{bucket.upper()}": f"gs://{bucket}" for bucket in BUCKETS}
    environment = {**urls, "STORAGE_EMULATOR_HOST": url, "GOOGLE_CLOUD_PROJECT": "local"}
    return GcsStore("results", client=lambda: local_client(url)), environment
