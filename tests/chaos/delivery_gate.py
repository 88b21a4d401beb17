"""Between Pub/Sub and the functions: every push arrives here, and is delivered once or more, soon or late."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from samo.domain.names import STAGES, StageName
from samo.local.processes import wait_until
from samo.local.topology import BACKOFF_S
from tests.chaos.ledger import Ledger, MessageKey, Subject
from tests.chaos.schedule import Schedule
from tests.chaos.workers import Worker

_PATIENCE_S = 60.0
_LATE_S = (1.0, 8.0)
_HELD_BACK_S = 0.8
_READY_S = 5.0
_THREADS = 48
_REPEATS = 30


class DeliveryGate:
    """The push endpoints of all subscriptions. A context manager."""

    def __init__(self, workers: Sequence[Worker], schedule: Schedule, ledger: Ledger, *, ack_deadline_s: float) -> None:
        self._workers = {stage: [worker for worker in workers if worker.stage == stage] for stage in STAGES}
        self._schedule = schedule
        self._ledger = ledger
        self._ack_deadline_s = ack_deadline_s
        self._last_body: dict[Subject, bytes] = {}
        self._reordered: dict[str, int] = {}
        self._newest: dict[str, int] = {}
        self._doomed: set[MessageKey] = set()
        self._seen: set[MessageKey] = set()
        self._turn = 0
        self._copies_under_way = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="copies")
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> DeliveryGate:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def endpoint(self, stage: StageName) -> str:
        """Where the subscription of a stage pushes to."""
        return f"http://127.0.0.1:{self._server.server_port}/{stage}"

    @property
    def is_quiet(self) -> bool:
        """Whether no copy is under way or waits for its time."""
        with self._lock:
            return self._copies_under_way == 0

    def reorder(self, name: str) -> None:
        """The event of the first generation of this name is not let through before that of the second is done."""
        self._reordered[name] = 0

    def redeliver(self, subject: Subject, *, after_s: float, until_done: bool = False) -> None:
        """Deliver the last event of an effect again, after some seconds; `until_done`, as often as it takes.

        That is how soon Pub/Sub would repeat it; the emulator has two pushes a subscription on their way, no more.
        """
        if (body := self._last_body.get(subject)) is not None:
            self._later(subject, body, after_s, repeats=_REPEATS if until_done else 0)

    def push(self, stage: StageName, body: bytes) -> int:
        """One push of Pub/Sub; the status that it is told."""
        message = json.loads(body)["message"]
        key = (stage, str(message["messageId"]))
        again = self._ledger.pushed(key) > 1
        if self._ledger.is_in_flight(key):  # Pub/Sub gave the earlier push up
            self._schedule.tally.add("ack deadline overrun")
        status = 503
        try:
            if not self._is_doomed(key):
                status = self._treat(stage, body, message, again=again)
            return status
        finally:
            self._ledger.answered(key, acked=status < 300)

    def _is_doomed(self, message: MessageKey) -> bool:
        """Whether the message is never let through, until the faults have ended."""
        if message not in self._doomed and message not in self._seen and self._schedule.takes("attempts used up"):
            self._doomed.add(message)
        self._seen.add(message)
        return message in self._doomed and not self._schedule.is_calm

    def _treat(self, stage: StageName, body: bytes, message: dict[str, Any], *, again: bool) -> int:
        schedule = self._schedule
        chance = schedule.draw(stage, message["data"], again)
        subject, name = _about(stage, message)
        if subject is not None:
            self._last_body[subject] = body
            if not self._may_pass(subject, name):
                return 503
        if schedule.takes("delivered out of order"):
            time.sleep(chance.uniform(0, _HELD_BACK_S))
            schedule.tally.add("delivered out of order")
        if not again and schedule.takes("delivered twice or more"):
            self._at_once(stage, subject, body, chance.randint(1, 4))
        status = self._deliver(stage, subject, body)
        if status < 300 and schedule.takes("delivered late again"):
            self._later((stage, 0) if subject is None else subject, body, chance.uniform(*_LATE_S))
            schedule.tally.add("delivered late again")
        if status < 300 and schedule.takes("ack deadline overrun"):
            time.sleep(self._ack_deadline_s + 2.0)  # counted when Pub/Sub pushes it again meanwhile
        if status < 300 and schedule.takes("acknowledgement lost"):
            schedule.tally.add("acknowledgement lost")
            return 503
        return status

    def _may_pass(self, subject: Subject, name: str) -> bool:
        stage, generation = subject
        if stage != "transcription" or name not in self._reordered or self._schedule.is_calm:
            return True
        with self._lock:
            first = self._reordered[name] or generation
            self._reordered[name] = min(first, generation)
            newest = self._newest[name] = max(self._newest.get(name, 0), generation)
        if generation == newest != first:
            return True
        if newest == first or not self._ledger.is_answered((stage, newest)):
            return False
        del self._reordered[name]
        self._schedule.tally.add("generations out of order")
        return True

    def _at_once(self, stage: StageName, subject: Subject | None, body: bytes, copies: int) -> None:
        for _ in range(copies):
            self._later((stage, 0) if subject is None else subject, body, 0.0)
        self._schedule.tally.add("delivered twice or more")

    def _later(self, subject: Subject, body: bytes, after_s: float, *, repeats: int = 0) -> None:
        with self._lock:
            self._copies_under_way += 1

        def deliver() -> None:
            try:
                if self._deliver(subject[0], subject, body) >= 300 and repeats and not self._schedule.is_calm:
                    self._later(subject, body, BACKOFF_S, repeats=repeats - 1)
            finally:
                with self._lock:
                    self._copies_under_way -= 1

        def begin() -> None:
            with contextlib.suppress(RuntimeError):  # the run is over
                self._threads.submit(deliver)

        if after_s <= 0:
            begin()
        else:
            timer = threading.Timer(after_s, begin)
            timer.daemon = True
            timer.start()

    def _deliver(self, stage: StageName, subject: Subject | None, body: bytes) -> int:
        """Send it to one of the stage's instances. A dead one is a 503, as the platform would answer."""
        began = time.monotonic()
        worker = self._choose(stage)
        status = None if worker is None else _post(worker.port, body)
        self._ledger.delivered(subject, began=began, status=status)
        return status or 503

    def _choose(self, stage: StageName) -> Worker | None:
        ready: list[Worker] = []

        def any_ready() -> bool:
            ready[:] = [worker for worker in self._workers[stage] if worker.is_ready]
            return bool(ready)

        if not wait_until(any_ready, deadline_s=_READY_S, poll_s=0.05):
            return None
        with self._lock:
            self._turn += 1
            turn = self._turn
        return random.Random(f"{self._schedule.seed} {turn}").choice(ready)


def _post(port: int, body: bytes) -> int | None:
    """The status, or None where the instance died."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _about(stage: StageName, message: dict[str, Any]) -> tuple[Subject | None, str]:
    """The effect that a message is about, and the recording's name; None for one that speaks of no recording."""
    try:
        event = json.loads(base64.b64decode(message["data"]))
        recording = event.get("recording", event)
        return (stage, int(recording["generation"])), str(recording["name"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, gate: DeliveryGate) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gate = gate

    def handle_error(self, request: object, client_address: object) -> None:
        """The emulator closes the connection of a push that it has given up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        stage = next(stage for stage in STAGES if self.path == f"/{stage}")
        status = self.server.gate.push(stage, body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
