"""The end of an instance: the real server, with a delivery at work, gets SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from samo.domain.names import lease_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.local.processes import free_port, wait_until
from tests.wire.bodies import Body, object_notification, wrapped_push
from tests.wire.conftest import World

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).parent / "slow_function" / "main.py"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


class Server:
    """The function, served as it is in the cloud."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self._url = url

    def post(self, body: Body) -> int:
        """Deliver a request; the status of the answer, 0 for none."""
        try:
            return requests.post(self._url, headers=dict(body.headers), data=body.data, timeout=30).status_code
        except requests.RequestException:
            return 0

    def listens(self) -> bool:
        """Whether it answers at all."""
        return self.post(Body({}, b"")) != 0


@contextmanager
def served() -> Iterator[Server]:
    """Start functions-framework; at the end of the block kill it and its workers."""
    port = free_port()
    command = [sys.executable, "-m", "functions_framework", f"--source={SOURCE}", "--target=handle"]
    command += ["--signature-type=cloudevent", "--host=127.0.0.1", f"--port={port}"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        assert wait_until(server.listens, deadline_s=20)
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def slow(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that makes the engine slow."""
    slow = tmp_path / "slow"
    slow.touch()
    monkeypatch.setenv("SLOW", str(slow))
    monkeypatch.setenv("RECORDINGS", str(tmp_path / "recordings"))
    return slow


def test_work_that_sigterm_interrupts_is_taken_up_at_once(world: World, slow: Path) -> None:
    """The lease of ten minutes is given back while the worker still works; the redelivery need not wait for it."""
    info = world.recordings.create("mia/day.wav", b"words")
    ref = RecordingRef(bucket=world.recordings.bucket, name=info.name, generation=info.generation)
    event = wrapped_push(*object_notification(info))

    def held() -> bool:
        return world.leases.stat(lease_name("transcription", ref)) is not None

    with ThreadPoolExecutor(1) as client, served() as server:
        interrupted = client.submit(server.post, event)
        assert wait_until(held, deadline_s=10)
        os.kill(server.process.pid, signal.SIGTERM)  # to the first process alone, as in a container
        released = wait_until(lambda: not held(), deadline_s=10)
        at_work = not interrupted.done()
    slow.unlink()
    with served() as server:
        answered = server.post(event)

    assert released
    assert at_work
    assert answered == 200
    assert world.results.stat(transcript_name(ref)) is not None


def test_an_instance_at_rest_ends_when_it_is_told_to(world: World, slow: Path) -> None:
    """The server's own handler of the signal is called as well."""
    slow.unlink()
    info = world.recordings.create("mia/day.wav", b"words")
    with served() as server:
        assert server.post(wrapped_push(*object_notification(info))) == 200

        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(timeout=10) == 0
