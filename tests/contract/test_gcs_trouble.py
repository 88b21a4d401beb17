"""How `GcsStore` takes what Cloud Storage answers on a bad day."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import google_crc32c
import pytest

from samo.adapters.deadlines import STORE
from samo.adapters.gcs import CHUNK_BYTES, GcsStore
from samo.domain.errors import ObjectNotFound, PreconditionFailed, SamoError, StoreUnavailable
from samo.local.gcs.client import local_client
from samo.local.gcs.server import GcsServer

# Answers that are left, first to last; the last one stays.
Answers = list[tuple[int, dict[str, object]]]

OBJECT: dict[str, object] = {"name": "entry.txt", "bucket": "b", "generation": "7", "size": "5", "crc32c": "AAAAAA=="}
NO_BUCKET: dict[str, object] = {"error": {"code": 404, "message": "The specified bucket does not exist."}}


@pytest.fixture
def answers() -> Answers:
    """What the server is going to say."""
    return []


@pytest.fixture
def store(answers: Answers) -> Iterator[GcsStore]:
    """A store behind a server that says what it is told to say."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            if self.path.startswith("/storage/v1/b/b?"):  # the client looks at the bucket, in a thread of its own
                status, document = 404, NO_BUCKET
            else:
                status, document = answers.pop(0) if len(answers) > 1 else answers[0]
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.wfile.write(body)

        do_POST = do_DELETE = do_GET  # noqa: N815 - the base class calls them so

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield GcsStore("b", client=lambda: local_client(address), deadlines=STORE.within(4))
        server.shutdown()


def test_a_short_outage_goes_unnoticed(store: GcsStore, answers: Answers) -> None:
    """One 503 is asked again."""
    answers += [(503, {}), (200, OBJECT)]

    info = store.stat("entry.txt")

    assert info is not None
    assert info.generation == 7


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 502, 503, 504])
def test_a_refusal_is_a_store_that_is_unavailable(store: GcsStore, answers: Answers, status: int) -> None:
    """Whatever the reason, the message has to come again; the error names the object."""
    answers += [(status, {"error": {"code": status, "message": "some secret detail"}})]

    for call in (
        lambda: store.stat("entry.txt"),
        lambda: store.read("entry.txt"),
        lambda: store.create("entry.txt", b"x"),
    ):
        with pytest.raises(StoreUnavailable, match=r"gs://b/entry\.txt") as raised:
            call()
        assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("call", "needed"),
    [
        (lambda store: store.stat("x"), "storage.objects.get"),
        (lambda store: store.read("x"), "storage.objects.get"),
        (lambda store: list(store.chunks("x")), "storage.objects.get"),
        (lambda store: store.replace("x", b"", generation=1), "storage.objects.create and storage.objects.delete"),
        (lambda store: store.upload("x", Path(__file__)), "storage.objects.create and storage.objects.delete"),
        (lambda store: store.delete("x", generation=1), "storage.objects.delete"),
        (lambda store: list(store.list("x")), "storage.objects.list"),
    ],
)
def test_a_missing_permission_is_named(
    store: GcsStore, answers: Answers, call: Callable[[GcsStore], object], needed: str
) -> None:
    """The most frequent mistake of a first deployment: what the function may not do, and on which bucket."""
    answers += [(403, {})]

    with pytest.raises(StoreUnavailable) as raised:
        call(store)

    assert str(raised.value) == f"gs://b/x: access denied; grant this identity {needed} on b"


def test_a_missing_bucket_is_not_a_missing_object(store: GcsStore, answers: Answers) -> None:
    """A misspelt bucket must not look like recordings that were deleted."""
    answers += [(404, NO_BUCKET)]

    for call in (lambda: store.stat("x"), lambda: store.read("x"), lambda: store.delete("x", generation=1)):
        with pytest.raises(StoreUnavailable, match="no bucket b"):
            call()


def test_a_create_whose_reply_was_lost_is_refused_by_its_own_object(store: GcsStore, answers: Answers) -> None:
    """The client asks again and meets what it stored itself: callers compare what is stored."""
    answers += [(503, {}), (412, {"error": {"code": 412, "message": "conditionNotMet"}})]

    with pytest.raises(PreconditionFailed):
        store.create("lease", b"mine")


def test_a_create_that_may_not_overwrite_is_refused_by_what_exists(store: GcsStore, answers: Answers) -> None:
    """An identity without the right to overwrite is denied before its precondition is looked at."""
    answers += [(403, {}), (200, OBJECT)]

    with pytest.raises(PreconditionFailed):
        store.create("entry.txt", b"second")


def test_a_create_that_is_not_allowed_at_all_is_no_lost_race(store: GcsStore, answers: Answers) -> None:
    """Nothing is stored, so nobody else can have won."""
    answers += [(403, {}), (404, {})]

    with pytest.raises(StoreUnavailable, match=r"access denied; grant this identity storage\.objects\.create on b$"):
        store.create("entry.txt", b"first")


def test_damaged_bytes_are_not_believed(store: GcsStore, answers: Answers) -> None:
    """The checksum of the pieces must be that of the object."""
    answers += [(200, OBJECT), (206, {})]

    with pytest.raises(StoreUnavailable, match="damaged"):
        list(store.chunks("entry.txt"))


@pytest.mark.parametrize("damaged", [False, True])
def test_an_answer_that_broke_off_is_completed_and_checked_as_a_whole(damaged: bool) -> None:
    """The client asks for the rest; of the two pieces together it would believe anything."""
    body = b'{"said": "I am so happy today."}'
    checksum = base64.b64encode(google_crc32c.Checksum(body).digest()).decode()

    class BreaksOff(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            first = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")[0])
            rest = body[first:]
            if first and damaged:
                rest = bytes([rest[0] ^ 1]) + rest[1:]
            self.send_response(206 if first else 200)
            self.send_header("Content-Length", str(len(rest)))
            self.send_header("X-Goog-Hash", f"crc32c={checksum}")
            self.send_header("X-Goog-Generation", "7")
            self.end_headers()
            self.wfile.write(rest if first else rest[:10])

    with ThreadingHTTPServer(("127.0.0.1", 0), BreaksOff) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        store = GcsStore("b", client=lambda: local_client(address), deadlines=STORE.within(4))
        if damaged:
            with pytest.raises(StoreUnavailable, match="damaged"):
                store.read("transcript.json")
        else:
            assert store.read("transcript.json") == body
        server.shutdown()


def test_an_object_overwritten_while_it_is_read_is_not_mixed(tmp_path: Path) -> None:
    """The second piece is gone with its generation; the pieces of the next one are not taken for it."""
    with GcsServer(tmp_path) as server:
        local_client(server.url).create_bucket("b")
        store = GcsStore("b", client=lambda: local_client(server.url))
        first = store.create("long.wav", bytes(CHUNK_BYTES + 1))
        pieces = store.chunks("long.wav")
        next(pieces)
        store.replace("long.wav", bytes(CHUNK_BYTES + 1), generation=first.generation)

        with pytest.raises(StoreUnavailable, match="overwritten"):
            next(pieces)
        with pytest.raises(ObjectNotFound):
            next(store.chunks("long.wav", generation=first.generation))


def test_without_credentials_the_store_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A named error, not a traceback of the authentication library."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)

    with pytest.raises(SamoError, match=r"gs://b/entry\.txt: no Google credentials here; sign in"):
        GcsStore("b").read("entry.txt")
