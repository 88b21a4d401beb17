"""Messages: every shape in which Pub/Sub, CloudEvents and Cloud Storage tell of something, and what is none."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cloudevents.http import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.documents import encode_compact
from samo.domain.errors import EventInvalid, EventTooLarge
from samo.domain.events import InsightReady, ObjectPointer
from samo.domain.recording import RecordingRef
from samo.messages import MAX_EVENT_BYTES, Message, ObjectNotice, read_cloud_event, read_object_notice, read_payload
from tests.unit.given_documents import REF

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
EVENT = InsightReady(recording=REF, object=ObjectPointer(bucket="results", name="insights/x.json", generation=9))
RESOURCE = {
    "kind": "storage#object",
    "bucket": "recordings",
    "name": "josé/día 🌙.m4a",
    "generation": "1763631000123456",
    "metageneration": "1",
    "size": "71204",
    "md5Hash": "xyz",
}


def cloud_event(data: Any, **extensions: str) -> CloudEvent:
    """A CloudEvent as functions-framework hands it over."""
    return CloudEvent({"type": "t", "source": "s", "id": "event-1", **extensions}, data)


def pushed(body: bytes, **fields: Any) -> CloudEvent:
    """A wrapped Pub/Sub push."""
    message = {"data": base64.b64encode(body).decode(), "messageId": "7001", "publishTime": "…", **fields}
    return cloud_event({"message": message, "subscription": "projects/p/subscriptions/s"})


# The message in an event.


def test_a_wrapped_push_is_unwrapped() -> None:
    """Its own id, its body and its attributes; the event around it does not matter."""
    message = read_cloud_event(pushed(b'{"a": 1}', attributes={"eventType": "OBJECT_FINALIZE", "n": "1"}))

    assert message == Message(id="7001", data=b'{"a": 1}', attributes={"eventType": "OBJECT_FINALIZE", "n": "1"})


@pytest.mark.parametrize("attributes", [{}, {"attributes": None}, {"attributes": {}}])
def test_a_push_may_have_no_attributes(attributes: dict[str, Any]) -> None:
    """Missing, null or empty: it is the same."""
    assert read_cloud_event(pushed(b"{}", **attributes)).attributes == {}


def test_a_push_in_the_older_notation_has_its_id() -> None:
    """Pub/Sub sends both, the emulator only one."""
    event = cloud_event({"message": {"data": "", "message_id": "7002"}})

    assert read_cloud_event(event).id == "7002"


def test_a_push_without_an_id_has_that_of_the_event() -> None:
    """So that a rejected one can be recorded."""
    assert read_cloud_event(cloud_event({"message": {"data": ""}})).id == "event-1"


@pytest.mark.parametrize("data", [None, 1, "ä", "no base64!", "YQ", ["YQ=="], {"a": 1}])
def test_a_push_whose_body_is_no_base64_has_none(data: Any) -> None:
    """It is read as an empty body, which every reader below refuses by name."""
    message = read_cloud_event(cloud_event({"message": {"data": data, "messageId": "7001"}}))

    assert message.data == b""
    with pytest.raises(EventInvalid):
        read_payload(message, InsightReady)


@pytest.mark.parametrize("body", [json.loads(encode_compact(EVENT)), encode_compact(EVENT)], ids=["parsed", "bytes"])
def test_an_event_without_wrapper_is_the_body(body: Any) -> None:
    """As JSON that functions-framework has parsed, or as the bytes."""
    message = read_cloud_event(cloud_event(body, traceparent=TRACE))

    assert message.id == "event-1"
    assert read_payload(message, InsightReady) == EVENT
    assert message.traceparent == TRACE


@pytest.mark.parametrize("data", [None, "words", 1, [], [1], {}, {"message": "words"}, b"", b"\xff"])
def test_an_event_of_any_other_shape_is_refused_by_its_reader(data: Any) -> None:
    """Never by an exception on the way."""
    message = read_cloud_event(cloud_event(data))

    with pytest.raises(EventInvalid):
        read_payload(message, InsightReady)
    with pytest.raises(EventInvalid):
        read_object_notice(message)


@pytest.mark.parametrize("key", ["traceparent", "googclient_traceparent"])
def test_the_trace_of_a_push_is_an_attribute(key: str) -> None:
    """Ours, or the one that Google's client libraries add."""
    assert read_cloud_event(pushed(b"{}", attributes={key: TRACE})).traceparent == TRACE


def test_our_trace_counts_more_than_that_of_the_client_library() -> None:
    """It is the one that the rest of the pipeline carries."""
    other = TRACE.replace("-01", "-00")
    attributes = {"googclient_traceparent": other, "traceparent": TRACE}

    assert read_cloud_event(pushed(b"{}", attributes=attributes)).traceparent == TRACE


def test_a_message_may_have_no_trace() -> None:
    """Then it has none."""
    assert read_cloud_event(pushed(b"{}")).traceparent is None


# Our own events.


def test_our_event_is_read() -> None:
    """What one stage publishes another one reads."""
    assert read_payload(Message(id="1", data=encode_compact(EVENT)), InsightReady) == EVENT


def test_unknown_fields_of_an_event_are_ignored() -> None:
    """A later release may publish more."""
    data = encode_compact(EVENT).replace(b'{"schema_version":1', b'{"mood":"teal","schema_version":1', 1)

    assert read_payload(Message(id="1", data=data), InsightReady) == EVENT


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words that somebody said",
        b'{"recording": "words that somebody said"}',
        b'{"recording": {"bucket": "b", "name": "n", "generation": "1"}}',
        encode_compact(EVENT).replace(b'"schema_version":1', b'"schema_version":2', 1),
        encode_compact(EVENT).replace(b'"generation":9', b'"generation":1e999'),
        encode_compact(EVENT).replace(b'"generation":9', b'"generation":' + b"9" * 5_000),
        b"\xff",
        b'{"recording": {"bucket": "\xff"}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"recording": "\\ud800"}',
    ],
    ids=[
        "nothing",
        "words",
        "type",
        "field",
        "version",
        "infinite",
        "huge",
        "UTF-8",
        "UTF-8 inside",
        "list",
        "deep",
        "surrogate",
    ],
)
def test_what_is_no_event_of_ours_is_refused(data: bytes) -> None:
    """By the size of the body and the kind that was expected, never by quoting it."""
    with pytest.raises(EventInvalid) as refused:
        read_payload(Message(id="1", data=data), InsightReady)

    assert str(refused.value) == f"the body ({len(data)} bytes) is no InsightReady"


# Cloud Storage's notifications.


def test_a_notification_says_which_object() -> None:
    """Cloud Storage writes 64-bit integers as strings."""
    message = Message(id="1", data=json.dumps(RESOURCE).encode(), attributes={"eventType": "OBJECT_FINALIZE"})

    assert read_object_notice(message) == ObjectNotice(
        ref=RecordingRef(bucket="recordings", name="josé/día 🌙.m4a", generation=1_763_631_000_123_456),
        size=71_204,
        finalized=True,
    )


def test_integers_may_be_numbers() -> None:
    """As the local server and some emulators write them."""
    data = json.dumps({**RESOURCE, "generation": 7, "size": 17}).encode()

    notice = read_object_notice(Message(id="1", data=data))

    assert (notice.ref.generation, notice.size) == (7, 17)


@pytest.mark.parametrize(
    ("attributes", "finalized"),
    [
        ({}, True),
        ({"eventType": "OBJECT_FINALIZE"}, True),
        ({"eventType": "OBJECT_METADATA_UPDATE"}, False),
        ({"eventType": "OBJECT_DELETE"}, False),
        ({"eventType": "OBJECT_ARCHIVE"}, False),
        ({"eventType": "SOMETHING_NEW"}, False),
    ],
)
def test_only_a_finished_upload_is_final(attributes: dict[str, str], finalized: bool) -> None:
    """Eventarc's events have no such attribute, for a subscription is to one type of event."""
    notice = read_object_notice(Message(id="1", data=json.dumps(RESOURCE).encode(), attributes=attributes))

    assert finalized is notice.finalized


@pytest.mark.parametrize(
    "fields",
    [
        {"bucket": None},
        {"bucket": {"name": "b"}},
        {"name": None},
        {"name": ["words"]},
        {"name": 7},
        {"generation": "seven"},
        {"generation": None},
        {"generation": ""},
        {"generation": "1.5"},
        {"generation": "9" * 5_000},
        {"generation": [1]},
        {"size": "words"},
        {"bucket": "no UTF-8"},
    ],
)
def test_a_notification_with_wrong_fields_is_refused(fields: dict[str, Any]) -> None:
    """Without quoting them."""
    data = json.dumps({**RESOURCE, **fields}).encode().replace(b"no UTF-8", b"\xff")

    with pytest.raises(EventInvalid) as refused:
        read_object_notice(Message(id="1", data=data))

    assert str(refused.value) == f"the body ({len(data)} bytes) is no Cloud Storage object"


@pytest.mark.parametrize("missing", ["bucket", "name", "generation"])
def test_a_notification_without_an_identity_is_refused(missing: str) -> None:
    """Bucket, name and generation make a recording."""
    data = json.dumps({key: value for key, value in RESOURCE.items() if key != missing}).encode()

    with pytest.raises(EventInvalid):
        read_object_notice(Message(id="1", data=data))


@given(
    data=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: json.dumps({**RESOURCE, "name": text}).encode())
)
def test_any_body_is_read_or_refused_by_the_named_error(data: bytes) -> None:
    """No other exception leaves the module."""
    message = Message(id="1", data=data)
    try:
        assert read_object_notice(message).ref.bucket == "recordings"
    except EventInvalid:
        return


@pytest.mark.parametrize("read", [read_object_notice, lambda message: read_payload(message, InsightReady)])
def test_a_body_larger_than_any_event_is_not_even_parsed(read: Callable[[Message], object]) -> None:
    """Two more bytes than are accepted, and the event before them would be fine."""
    event = json.dumps({**RESOURCE, **json.loads(encode_compact(EVENT))}).encode()
    padded = event + b" " * (MAX_EVENT_BYTES - len(event))
    read(Message(id="1", data=padded))

    with pytest.raises(EventTooLarge, match=f"the body has {MAX_EVENT_BYTES + 2} bytes"):
        read(Message(id="1", data=padded + b"  "))
