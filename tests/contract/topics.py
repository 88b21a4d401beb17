"""The topics that the contract is checked on, each with a look at what its consumer has received."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from google.cloud.pubsub_v1 import PublisherClient
from google.pubsub_v1 import PubsubMessage
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from samo.adapters.deadlines import TOPIC
from samo.adapters.in_process import InProcessBroker
from samo.adapters.pubsub import PubsubTopic
from samo.adapters.spool import DirectoryTopic
from samo.domain.documents import decode
from samo.domain.events import InsightReady
from samo.local.pubsub_emulator import PubsubEmulator
from samo.messages import Message
from samo.ports import Publisher


@dataclass(frozen=True)
class Delivery:
    """One message as a consumer finds it: the identity it is known by, and the event."""

    identity: str
    event: InsightReady


@dataclass(frozen=True)
class Channel:
    """A topic, a way to take what has been delivered since the last look, and a topic that cannot be reached.

    Within one process, every topic can be reached.
    """

    topic: Publisher
    take: Callable[[], list[Delivery]]
    unreachable: Publisher | None


@contextmanager
def in_process() -> Iterator[Channel]:
    """A topic of the broker that `samo process` runs on."""
    broker, messages = InProcessBroker(), list[Message]()
    topic = broker.topic()
    topic.subscribe(messages.append)

    def take() -> list[Delivery]:
        broker.drain()
        deliveries = [Delivery(message.id, decode(message.data, InsightReady)) for message in messages]
        messages.clear()
        return deliveries

    yield Channel(topic, take, None)


@contextmanager
def spool(tmp_path: Path) -> Iterator[Channel]:
    """A directory; a file in its place is a topic that cannot be reached."""
    folder, blocked = tmp_path / "insights", tmp_path / "blocked"
    blocked.touch()

    def take() -> list[Delivery]:
        files = sorted(folder.glob("*.json"))
        deliveries = [Delivery(file.stem, decode(file.read_bytes(), InsightReady)) for file in files]
        for file in files:
            file.unlink()
        return deliveries

    yield Channel(DirectoryTopic(folder), take, DirectoryTopic(blocked))


@contextmanager
def emulated(emulator: PubsubEmulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """A new topic on the Pub/Sub emulator, reached as a function reaches it: through the environment."""
    topic = new_topic(emulator)

    def take() -> list[Delivery]:
        messages = taken(emulator, topic)
        return [Delivery(message.attributes["ce-id"], decode(message.data, InsightReady)) for message in messages]

    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulator.host)
    with _nobody_listens() as client:
        yield Channel(PubsubTopic(topic), take, PubsubTopic(topic, client=client, deadlines=TOPIC.within(2)))


def new_topic(emulator: PubsubEmulator) -> str:
    """The name of a topic nobody else uses; it has one subscription."""
    topic = f"projects/contract/topics/t-{uuid.uuid4().hex}"
    emulator.publisher.create_topic(name=topic)
    emulator.subscriber.create_subscription(name=_subscription(topic), topic=topic)
    return topic


def taken(emulator: PubsubEmulator, topic: str) -> list[PubsubMessage]:
    """All messages that wait in the topic's subscription."""
    messages = []
    while more := emulator.take(_subscription(topic)):
        messages.extend(more)
    return messages


def _subscription(topic: str) -> str:
    return topic.replace("/topics/", "/subscriptions/")


@contextmanager
def _nobody_listens() -> Iterator[Callable[[], PublisherClient]]:
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{refusing.getsockname()[1]}"
        yield lambda: PublisherClient(transport=PublisherGrpcTransport(channel=grpc.insecure_channel(address)))
