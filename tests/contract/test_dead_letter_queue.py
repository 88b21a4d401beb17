"""What every queue of dead letters promises: letters are lent, given back or taken away, and never lost."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.cloud.pubsub_v1 import SubscriberClient

from samo.adapters.dead_letters import DeadLetterSubscription
from samo.adapters.pubsub import PubsubTopic
from samo.domain.errors import StoreUnavailable
from samo.local.errors import EmulatorMissing
from samo.local.processes import Processes
from samo.local.pubsub_emulator import PubsubEmulator, find_jar, find_java
from samo.messages import Message
from samo.ports import DeadLetterQueue, PulledLetter
from tests.contract.topics import new_topic
from tests.fakes.dead_letter_queue import LetterQueue

ATTRIBUTES = {"eventType": "OBJECT_FINALIZE", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}


@dataclass(frozen=True)
class Queue:
    """`fill` puts letters with these bodies there; `unreachable` is a queue that cannot be asked."""

    queue: DeadLetterQueue
    unreachable: DeadLetterQueue
    fill: Callable[[list[bytes]], None]

    def pull(self, count: int) -> list[PulledLetter]:
        """As many as come until `count` are there, or no more come."""
        found: list[PulledLetter] = []
        while len(found) < count and (pulled := self.queue.pull(count - len(found))):
            found += pulled
        return found


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubsubEmulator]:
    """Google's Pub/Sub emulator."""
    try:
        find_java(), find_jar()
    except EmulatorMissing as error:
        pytest.skip(str(error))
    with Processes(tmp_path_factory.mktemp("logs")) as processes:
        yield PubsubEmulator(processes)


@pytest.fixture(params=["memory", "emulator"])
def letters(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Each kind of queue."""
    if request.param == "memory":
        return _in_memory()
    return _emulated(request.getfixturevalue("emulator"), monkeypatch)


def test_a_letter_is_what_was_published(letters: Queue) -> None:
    """Body and attributes, with an id and a time."""
    letters.fill([b"body"])

    [letter] = letters.pull(1)

    assert (letter.message.data, letter.message.attributes) == (b"body", ATTRIBUTES)
    assert letter.message.id
    assert letter.published_at.endswith("Z")
    letters.queue.acknowledge(letter)


def test_a_letter_that_is_lent_is_not_lent_again(letters: Queue) -> None:
    """Until it is given back."""
    letters.fill([b"body"])
    pulled = letters.pull(1)

    assert list(letters.queue.pull(1)) == []

    letters.queue.give_back(pulled)
    [again] = letters.pull(1)
    assert again.message == pulled[0].message


def test_an_acknowledged_letter_is_gone(letters: Queue) -> None:
    """The others are not."""
    letters.fill([b"one", b"two"])
    first, second = letters.pull(2)

    letters.queue.acknowledge(first)
    letters.queue.give_back([second])

    [left] = letters.pull(2)
    assert left.message == second.message


def test_no_more_is_lent_than_asked_for(letters: Queue) -> None:
    """The rest is for the next."""
    letters.fill([b"one", b"two", b"three"])

    assert len(letters.queue.pull(1)) == 1
    assert len(letters.pull(3)) == 2


def test_an_empty_queue_lends_nothing_and_takes_nothing_back(letters: Queue) -> None:
    """Without an error."""
    assert list(letters.queue.pull(1)) == []
    letters.queue.give_back([])


def test_a_queue_that_cannot_be_reached_says_so(letters: Queue) -> None:
    """By the port's error, whatever is asked, and not after the minute that the client would go on for by itself."""
    started = time.monotonic()
    letter = PulledLetter(ack_id="1", message=Message(id="1", data=b""), published_at="2026-11-20T09:30:00.000Z")

    with pytest.raises(StoreUnavailable):
        letters.unreachable.pull(1)
    with pytest.raises(StoreUnavailable):
        letters.unreachable.acknowledge(letter)
    with pytest.raises(StoreUnavailable):
        letters.unreachable.give_back([letter])

    assert time.monotonic() - started < 30


def _in_memory() -> Queue:
    queue, unreachable = LetterQueue(), LetterQueue()
    unreachable.reachable = False

    def fill(bodies: list[bytes]) -> None:
        for body in bodies:
            name = uuid.uuid4().hex
            message = Message(id=name, data=body, attributes=ATTRIBUTES)
            queue.waiting.append(PulledLetter(ack_id=name, message=message, published_at="2026-11-20T09:30:00.000Z"))

    return Queue(queue, unreachable, fill)


def _emulated(emulator: PubsubEmulator, monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulator.host)
    topic = new_topic(emulator)
    subscription = f"projects/contract/subscriptions/letters-{uuid.uuid4().hex}"
    emulator.subscriber.create_subscription(name=subscription, topic=topic)

    def fill(bodies: list[bytes]) -> None:
        for body in bodies:
            PubsubTopic(topic).send(body, ATTRIBUTES)

    def nobody() -> SubscriberClient:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{free.getsockname()[1]}")
        return SubscriberClient()

    return Queue(
        DeadLetterSubscription(subscription, wait_s=1.0),
        DeadLetterSubscription(subscription, client=nobody, wait_s=0.5, call_s=0.5),
        fill,
    )
