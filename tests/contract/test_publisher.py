"""What every topic promises, whatever it is made of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from samo.adapters.pubsub import PubsubTopic
from samo.domain.errors import PublishFailed
from samo.domain.events import InsightReady, ObjectPointer, event_id
from samo.domain.recording import RecordingRef
from samo.local.errors import EmulatorMissing
from samo.local.processes import Processes
from samo.local.pubsub_emulator import PubsubEmulator, find_jar, find_java
from samo.tracing import traced
from tests.contract.topics import Channel, Delivery, emulated, in_process, new_topic, spool, taken

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def insight_ready(entry: str) -> InsightReady:
    """An event about an entry."""
    return InsightReady(
        recording=RecordingRef(bucket="recordings", name=f"josé/{entry}.m4a", generation=1_790_000_000_000_000),
        object=ObjectPointer(bucket="results", name=f"insights/josé/{entry}/1.json", generation=1_790_000_000_000_001),
    )


EVENT = insight_ready("día 🌙")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PubsubEmulator]:
    """Google's Pub/Sub emulator."""
    try:
        find_java(), find_jar()
    except EmulatorMissing as error:
        pytest.skip(str(error))
    with Processes(tmp_path_factory.mktemp("logs")) as processes:
        yield PubsubEmulator(processes)


@pytest.fixture(params=["in process", "spool", "emulator"])
def channel(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """Each kind of topic."""
    if request.param == "in process":
        connecting = in_process()
    elif request.param == "spool":
        connecting = spool(tmp_path)
    else:
        connecting = emulated(request.getfixturevalue("emulator"), monkeypatch)
    with connecting as connected:
        yield connected


def test_an_accepted_event_is_delivered_as_it_was(channel: Channel) -> None:
    """What a consumer decodes equals what was published, and is known by the event's identity."""
    channel.topic.publish(EVENT)

    assert channel.take() == [Delivery(event_id(EVENT), EVENT)]


def test_a_repeat_of_an_event_has_its_identity(channel: Channel) -> None:
    """A consumer can drop repeats, for all carry one identity, and other events carry others."""
    other = insight_ready("another day")

    for event in (EVENT, EVENT, other):
        channel.topic.publish(event)

    assert set(channel.take()) == {Delivery(event_id(EVENT), EVENT), Delivery(event_id(other), other)}


def test_names_that_look_alike_are_different_events(channel: Channel) -> None:
    """Composed and decomposed letters are different recordings, so their events are no repeats of each other."""
    alike = [insight_ready(entry) for entry in ("caf\u00e9", "cafe\u0301", "Caf\u00e9")]

    for event in alike:
        channel.topic.publish(event)

    assert set(channel.take()) == {Delivery(event_id(event), event) for event in alike}


def test_the_longest_names_fit_into_an_event(channel: Channel) -> None:
    """As many bytes as a recording's name may have, in four-byte letters."""
    event = insight_ready("🌙" * 190)

    channel.topic.publish(event)

    assert channel.take() == [Delivery(event_id(event), event)]


def test_events_of_many_threads_all_arrive(channel: Channel) -> None:
    """An instance that serves several requests at once shares its topic among them."""
    events = [insight_ready(f"entry {number}") for number in range(40)]

    with ThreadPoolExecutor(8) as workers:
        for _ in workers.map(channel.topic.publish, events):
            pass

    assert set(channel.take()) == {Delivery(event_id(event), event) for event in events}


def test_a_topic_that_cannot_be_reached_says_so_soon(channel: Channel) -> None:
    """`publish` raises instead of keeping the event in memory, within seconds."""
    if channel.unreachable is None:
        pytest.skip("a topic in this process can always be reached")
    started = time.monotonic()

    with pytest.raises(PublishFailed) as raised:
        channel.unreachable.publish(EVENT)

    assert time.monotonic() - started < 3
    assert EVENT.object.name in str(raised.value)


def test_a_topic_that_does_not_exist_refuses_at_once(emulator: PubsubEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt topic is not tried again and again."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulator.host)
    started = time.monotonic()

    with pytest.raises(PublishFailed):
        PubsubTopic("projects/contract/topics/misspelt").publish(EVENT)

    assert time.monotonic() - started < 3


def test_a_message_is_a_cloud_event_in_the_binary_binding(
    emulator: PubsubEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The context stands in the attributes, so that an unwrapped push arrives as a CloudEvent."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulator.host)
    topic = new_topic(emulator)

    with traced(TRACEPARENT):
        PubsubTopic(topic).publish(EVENT)

    [message] = taken(emulator, topic)
    attributes = dict(message.attributes)
    age = datetime.now().astimezone() - datetime.fromisoformat(attributes.pop("ce-time"))
    assert attributes == {
        "Content-Type": "application/json",
        "ce-id": event_id(EVENT),
        "ce-source": "//storage.googleapis.com/projects/_/buckets/results",
        "ce-specversion": "1.0",
        "ce-type": "samo.insight.ready.v1",
        "traceparent": TRACEPARENT,
    }
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_without_a_trace_there_is_no_trace_attribute(emulator: PubsubEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absent `traceparent` is absent, not empty."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulator.host)
    topic = new_topic(emulator)

    PubsubTopic(topic).publish(EVENT)

    [message] = taken(emulator, topic)
    assert "traceparent" not in message.attributes
