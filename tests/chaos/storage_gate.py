"""Between one function and Cloud Storage: passes requests on, unless a fault has them."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.chaos.crashes import CRASHES
from tests.chaos.storage_calls import StorageCall, read_call
from tests.chaos.storage_faults import FAULTS, MODELS_UNAVAILABLE, StorageFault, StorageSituation

_UPSTREAM_TIMEOUT_S = 60.0
_HOP_BY_HOP = frozenset({"connection", "content-length", "transfer-encoding", "server", "date"})


class Reply(NamedTuple):
    """An answer of the real server."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class StorageGate:
    """Listens on a port of its own, so that it knows who is calling. A context manager."""

    def __init__(self, upstream: str, situation: StorageSituation) -> None:
        self.situation = situation
        self._server = _Server(("127.0.0.1", 0), upstream, situation)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """What the function takes for Cloud Storage."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StorageGate:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Exchange:
    """One request of a function, and what may be done with it."""

    def __init__(self, handler: _Handler, call: StorageCall, body: bytes) -> None:
        self.call = call
        self._handler = handler
        self._body = body

    def forward(self, *, path: str | None = None) -> Reply:
        """Let the real server perform it."""
        return self._handler.forward(path or self._handler.path, self._body)

    @property
    def path(self) -> str:
        """Path and query as they came."""
        return self._handler.path

    def answer(self, reply: Reply) -> None:
        """Give the function this answer."""
        self._handler.write(reply.status, reply.headers, reply.body, len(reply.body))

    def refuse(self, status: int) -> None:
        """Answer with an error of the API, whatever was performed."""
        body = b'{"error": {"code": %d, "message": "chaos"}}' % status
        self._handler.write(status, [("Content-Type", "application/json")], body, len(body))

    def cut(self, reply: Reply) -> None:
        """Promise the whole body, send half of it."""
        self._handler.write(reply.status, reply.headers, reply.body[: len(reply.body) // 2], len(reply.body))
        self.drop()

    def drop(self) -> None:
        """Close the connection."""
        self._handler.drop()


def first_fault(situation: StorageSituation, call: StorageCall) -> StorageFault | None:
    """The fault that takes this call, if any."""
    if situation.ledger.is_spared(call.subject(situation.worker.stage)):
        return None
    if call.bucket == "models" and situation.models.is_down:
        return MODELS_UNAVAILABLE
    for fault in (*CRASHES, *FAULTS):
        if call.step not in fault.meets or (call.bucket == "models" and not fault.models_too):
            continue
        if situation.schedule.takes(fault.kind):
            return fault
    return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], upstream: str, situation: StorageSituation) -> None:
        super().__init__(address, _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.situation = situation

    def handle_error(self, request: object, client_address: object) -> None:
        """A function that was killed closes its connections; that is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(self.server.upstream, timeout=_UPSTREAM_TIMEOUT_S)

    def finish(self) -> None:
        self._upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        exchange = Exchange(self, read_call(self.command, self.path, body), body)
        situation = self.server.situation
        fault = first_fault(situation, exchange.call)
        if exchange.call.step != "other":
            situation.ledger.call(disturbed=fault is not None)
        situation.saw(exchange.call)
        if fault is None:
            exchange.answer(situation.forward(exchange))
        else:
            subject = exchange.call.subject(situation.worker.stage) or (situation.worker.stage, 0)
            situation.ledger.disturbed(subject)
            fault.strike(exchange, situation)
            if fault not in CRASHES:
                situation.ledger.disturbed(subject)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base class calls them so

    def forward(self, path: str, body: bytes) -> Reply:
        headers = dict(self.headers.items())
        for attempt in (1, 2):
            try:
                self._upstream.request(self.command, path, body or None, headers)
                answer = self._upstream.getresponse()
                kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
                return Reply(answer.status, kept, answer.read())
            except (ConnectionError, http.client.RemoteDisconnected):  # it was closed while it was idle
                self._upstream.close()
                if attempt == 2:
                    raise
        raise AssertionError

    def write(self, status: int, headers: list[tuple[str, str]], body: bytes, promised: int) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
