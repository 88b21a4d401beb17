"""Every call to the outside ends: a server that is silent, slow or hangs up costs no more than the deadlines say."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from hypothesis import given
from hypothesis import strategies as st

from samo.adapters.deadlines import LEASE_SHARE, STORE, TOPIC, Deadlines
from samo.adapters.gcs import GcsStore
from samo.adapters.pubsub import PubsubTopic
from samo.domain.errors import PublishFailed, StoreUnavailable
from samo.domain.events import InsightReady, ObjectPointer
from samo.domain.recording import RecordingRef
from samo.local.gcs.client import local_client
from samo.ports import ObjectStore

INFRA = Path(__file__).parents[2] / "infra"

# A hundredth of the real ones, which would try a reader's patience.
SHORT = Deadlines(connect_s=0.2, answer_s=0.3, retry_s=0.4, transfer_s=0.5, first_wait_s=0.02, longest_wait_s=0.1)

# Threads, a busy machine, and the client's own last wait between attempts.
TOLERANCE_S = 3.0

HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 10000000\r\n\r\n"


def silent(connection: socket.socket, stop: threading.Event) -> None:
    """Takes the request and never answers."""
    stop.wait()


def hanging_up(connection: socket.socket, stop: threading.Event) -> None:
    """Takes the request and closes."""


def trickling(connection: socket.socket, stop: threading.Event) -> None:
    """Promises ten megabytes and sends them one by one kilobyte, never silent for long."""
    connection.sendall(HEADERS)
    while not stop.wait(0.002):
        connection.sendall(bytes(1_000))


def breaking_off(connection: socket.socket, stop: threading.Event) -> None:
    """Promises ten megabytes, sends one kilobyte and closes."""
    connection.sendall(HEADERS + bytes(1_000))


Behaviour = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def serving(behaviour: Behaviour) -> Iterator[int]:
    """A server on a free port that treats every connection so."""
    stop = threading.Event()

    def attend(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            behaviour(connection, stop)

    def accept(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not stop.is_set():
                threading.Thread(target=attend, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, args=(listening,), daemon=True).start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            listening.shutdown(socket.SHUT_RDWR)


CALLS: dict[str, Callable[[ObjectStore], object]] = {
    "stat": lambda store: store.stat("entry.wav"),
    "read": lambda store: store.read("entry.wav"),
    "chunks": lambda store: list(store.chunks("entry.wav")),
    "create": lambda store: store.create("entry.wav", b"x"),
    "replace": lambda store: store.replace("entry.wav", b"x", generation=1),
    "upload": lambda store: store.upload("entry.wav", Path(__file__)),
    "delete": lambda store: store.delete("entry.wav", generation=1),
    "list": lambda store: list(store.list()),
}


@pytest.mark.parametrize("behaviour", [silent, hanging_up])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_to_a_store_that_does_not_answer_ends(
    call: Callable[[ObjectStore], object], behaviour: Behaviour
) -> None:
    """Within `call_s`, as the transient error that brings the message back."""
    with serving(behaviour) as port:
        store = GcsStore("b", client=lambda: local_client(f"http://127.0.0.1:{port}"), deadlines=SHORT)
        started = time.monotonic()

        with pytest.raises(StoreUnavailable):
            call(store)

        assert time.monotonic() - started < SHORT.call_s + TOLERANCE_S


@pytest.mark.parametrize("behaviour", [trickling, breaking_off])
def test_a_download_that_comes_in_drops_ends(behaviour: Behaviour) -> None:
    """No silence is ever long, so that only the time for the whole piece can end it."""
    with serving(behaviour) as port:
        store = GcsStore("b", client=lambda: local_client(f"http://127.0.0.1:{port}"), deadlines=SHORT)
        started = time.monotonic()

        with pytest.raises(StoreUnavailable):
            store.read("entry.wav")

        assert time.monotonic() - started < SHORT.transfer_s + SHORT.call_s + TOLERANCE_S


@pytest.mark.parametrize("behaviour", [silent, hanging_up])
def test_a_topic_that_does_not_answer_ends(behaviour: Behaviour) -> None:
    """The future of a publication is waited for within the same bound."""
    event = InsightReady(
        recording=RecordingRef(bucket="recordings", name="mia/day.m4a", generation=1),
        object=ObjectPointer(bucket="results", name="insights/mia/day/1.json", generation=2),
    )
    with serving(behaviour) as port:
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        topic = PubsubTopic(
            "projects/p/topics/t",
            client=lambda: PublisherClient(transport=PublisherGrpcTransport(channel=channel)),
            deadlines=SHORT,
        )
        started = time.monotonic()

        with pytest.raises(PublishFailed):
            topic.publish(event)

        assert time.monotonic() - started < SHORT.call_s + TOLERANCE_S


@given(lease_s=st.floats(0.01, 1e6))
def test_a_call_ends_well_before_the_lease(lease_s: float) -> None:
    """A short lease has short calls, and a long one does not have longer ones than the usual."""
    for deadlines in (STORE, TOPIC):
        shortened = deadlines.within(lease_s)

        assert shortened.call_s <= lease_s / LEASE_SHARE * (1 + 1e-9)
        assert shortened.transfer_s <= lease_s / LEASE_SHARE * (1 + 1e-9)
        assert shortened.call_s <= deadlines.call_s


def test_a_delivery_to_dead_services_ends_before_its_function() -> None:
    """A failed call of the store, the failed release and a publication: less than the shortest timeout in infra/."""
    deployed = (INFRA / "modules" / "pipeline" / "functions.tf").read_text(encoding="utf-8")
    timeouts_s = [int(seconds) for seconds in re.findall(r"timeout_seconds\s*=\s*(\d+)", deployed)]
    leases_s = [int(seconds) for seconds in re.findall(r"lease_seconds\s*=\s*(\d+)", deployed)]

    assert len(timeouts_s) == len(leases_s) == 4
    assert 2 * STORE.call_s + TOPIC.call_s < min(timeouts_s)
    assert all(STORE.within(lease_s) == STORE for lease_s in leases_s)
