"""The HTTP side of the Cloud Storage server: connections, bodies and the way an answer is written."""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import parse_qsl, urlsplit

from samo.local.gcs.api import Request, Response, StorageApi
from samo.local.gcs.errors import ApiError
from samo.local.gcs.notifications import Notifications, Publish
from samo.local.gcs.objects import Buckets
from samo.local.gcs.uploads import Uploads

PAGE_SIZE = 1_000

_PIECE_BYTES = 1024 * 1024
_IN_MEMORY_BYTES = 1024 * 1024

_log = logging.getLogger(__name__)


def drop_message(topic: str, body: bytes, attributes: Mapping[str, str]) -> None:
    """Publish nowhere, for a server without notifications."""


class GcsServer:
    """A Cloud Storage server on a free port of this machine; `STORAGE_EMULATOR_HOST` is its `url`.

    Objects lie in `folder`, which must exist, and end with the server. A context manager.
    """

    def __init__(
        self, folder: Path, *, publish: Publish = drop_message, port: int = 0, page_size: int = PAGE_SIZE
    ) -> None:
        self._notifications = Notifications(publish)
        buckets = Buckets(folder, self._notifications.stored)
        api = StorageApi(buckets, Uploads(buckets), self._notifications, page_size=page_size)
        self._server = _Server(("127.0.0.1", port), api)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gcs-server", daemon=True)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._notifications.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._notifications.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], api: StorageApi) -> None:
        super().__init__(address, _Handler)
        self.api = api

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's
        _log.info("an exchange ended early", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        _log.info(format, *args)

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base class calls them so

    def _answer(self) -> None:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as body:
            # A body that is left unread would be taken for the next request.
            self._read_body(body)
            url = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=url.path,
                query=dict(parse_qsl(url.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=body,
                server=f"http://{self.headers.get('Host')}",
            )
            try:
                self._write(self.server.api.answer(request))
            except ApiError as refusal:
                self._write(Response(refusal.status, document=refusal.body()))

    def _read_body(self, body: tempfile.SpooledTemporaryFile[bytes]) -> None:
        left = int(self.headers.get("Content-Length") or 0)
        while left > 0 and (piece := self.rfile.read(min(left, _PIECE_BYTES))):
            body.write(piece)
            left -= len(piece)
        if left > 0:
            raise ConnectionAbortedError
        body.seek(0)

    def _write(self, response: Response) -> None:
        document = b"" if response.document is None else json.dumps(response.document).encode()
        bodiless = response.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.document is not None:
            self.send_header("Content-Type", "application/json; charset=UTF-8")
        if not bodiless:
            self.send_header("Content-Length", str(response.size if response.file else len(document)))
        self.end_headers()
        if response.file is not None:
            self._send_file(response.file, response.size)
        elif not bodiless:
            self.wfile.write(document)

    def _send_file(self, file: IO[bytes], size: int) -> None:
        with file:
            while size > 0 and (piece := file.read(min(size, _PIECE_BYTES))):
                self.wfile.write(piece)
                size -= len(piece)
