"""The Pub/Sub topic against a server that misbehaves; what every topic promises is in tests/contract."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.pubsub_v1 import PublisherClient, PublishRequest, PublishResponse
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from samo.adapters.deadlines import TOPIC
from samo.adapters.pubsub import PubsubTopic
from samo.domain.errors import PublishFailed
from samo.domain.events import InsightReady, ObjectPointer
from samo.domain.recording import RecordingRef

EVENT = InsightReady(
    recording=RecordingRef(bucket="recordings", name="mia/day.m4a", generation=7),
    object=ObjectPointer(bucket="results", name="insights/mia/day/7.json", generation=8),
)

Answers = list[grpc.StatusCode | None]
"""What the next calls are answered with, None for acceptance; when none is left, everything is accepted."""


class Server(grpc.GenericRpcHandler):
    """Pub/Sub's publishing call. `hang` keeps every answer back until it is set."""

    def __init__(self) -> None:
        self.answers: Answers = []
        self.accepted = 0
        self._counting = threading.Lock()
        self.hang = threading.Event()
        self.hang.set()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Whatever is called."""
        return grpc.unary_unary_rpc_method_handler(
            self._publish,
            request_deserializer=PublishRequest.deserialize,
            response_serializer=PublishResponse.serialize,
        )

    def _publish(self, request: PublishRequest, context: grpc.ServicerContext) -> PublishResponse:
        self.hang.wait(10)
        if self.answers and (refusal := self.answers.pop(0)) is not None:
            context.abort(refusal, "as told")
        with self._counting:
            self.accepted += len(request.messages)
        return PublishResponse(message_ids=["1"] * len(request.messages))


@pytest.fixture
def server() -> Server:
    """A server that accepts."""
    return Server()


@pytest.fixture
def client(server: Server) -> Iterator[Callable[[], PublisherClient]]:
    """The official client, connected to it."""
    listening = grpc.server(ThreadPoolExecutor(4))
    listening.add_generic_rpc_handlers((server,))
    port = listening.add_insecure_port("127.0.0.1:0")
    listening.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield lambda: PublisherClient(transport=PublisherGrpcTransport(channel=channel))
    server.hang.set()
    listening.stop(None)


def test_a_server_that_never_answers_is_given_up(server: Server, client: Callable[[], PublisherClient]) -> None:
    """The delivery must end, and come again."""
    server.hang.clear()
    topic = PubsubTopic("projects/p/topics/insights", client=client, deadlines=TOPIC.within(0.2))

    with pytest.raises(PublishFailed, match=r"insights/mia/day/7\.json: (DeadlineExceeded|RetryError)"):
        topic.publish(EVENT)


def test_a_short_outage_goes_unnoticed(server: Server, client: Callable[[], PublisherClient]) -> None:
    """One refusal that may pass is asked again."""
    server.answers = [grpc.StatusCode.UNAVAILABLE, None]

    PubsubTopic("projects/p/topics/insights", client=client).publish(EVENT)

    assert server.accepted == 1


def test_a_refused_event_does_not_spoil_others(server: Server, client: Callable[[], PublisherClient]) -> None:
    """Each stands for itself, also those that other threads publish at the same moment on the same client."""
    server.answers = [grpc.StatusCode.PERMISSION_DENIED, None] * 100
    topic = PubsubTopic("projects/p/topics/insights", client=client)

    def publish(_: int) -> str | None:
        try:
            topic.publish(EVENT)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked at
            return type(error).__name__
        return None

    with ThreadPoolExecutor(4) as threads:
        ended = list(threads.map(publish, range(200)))

    assert set(ended) == {None, "PublishFailed"}
    assert server.accepted == ended.count(None) == 100
