"""Messages as they arrive, and what they say: the only reader of Pub/Sub, CloudEvents and Cloud Storage notations."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import msgspec

from samo.domain.errors import EventInvalid, EventTooLarge
from samo.domain.recording import RecordingRef

Payload = TypeVar("Payload", bound=msgspec.Struct)

MAX_EVENT_BYTES = 1024 * 1024
"""The longest of our events has some 4 kB. Cloud Storage's notifications carry an object's metadata, 8 KiB at most of a
user's own; ten times that is room for what Cloud Storage may add."""


class CloudEventLike(Protocol):
    """The part of a CloudEvent that is read here."""

    data: Any

    def __getitem__(self, key: str) -> Any: ...


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery: the message's id, its body and its attributes (keys as published)."""

    id: str
    data: bytes
    attributes: dict[str, str] = {}

    @property
    def traceparent(self) -> str | None:
        """The W3C trace context that the publisher attached."""
        return self.attributes.get("traceparent") or self.attributes.get("googclient_traceparent")


class ObjectNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What Cloud Storage says of an object. `finalized` is false for deletions, metadata updates and archivals."""

    ref: RecordingRef
    size: int
    finalized: bool


class _ObjectResource(msgspec.Struct, frozen=True):
    # Cloud Storage writes 64-bit integers as strings; `strict=False` below reads either.
    bucket: str
    name: str
    generation: int
    size: int = 0


def read_cloud_event(event: CloudEventLike) -> Message:
    """The message in a CloudEvent, whichever of the delivered shapes it has.

    A wrapped Pub/Sub push has `{"message": {...}}` as data; a push without wrapper, and Eventarc's events of Cloud
    Storage, have the body itself.
    """
    data = event.data
    if isinstance(data, Mapping) and isinstance(message := data.get("message"), Mapping):
        attributes = message.get("attributes") or {}
        return Message(
            id=str(message.get("messageId") or message.get("message_id") or event["id"]),
            data=_unwrap(message.get("data", "")),
            attributes={str(key): str(value) for key, value in attributes.items()},
        )
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Message(id=str(event["id"]), data=body, attributes=_extensions(event))


def read_payload(message: Message, kind: type[Payload]) -> Payload:
    """The event in the message's body. Raises `EventInvalid` and `EventTooLarge`, which never quote the body."""
    _require_event_size(message)
    try:
        return msgspec.json.decode(message.data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EventInvalid(f"the body ({len(message.data)} bytes) is no {kind.__name__}") from None


def read_object_notice(message: Message) -> ObjectNotice:
    """What a Cloud Storage notification says. Raises `EventInvalid` and `EventTooLarge`, which never quote the body."""
    _require_event_size(message)
    try:
        resource = msgspec.json.decode(message.data, type=_ObjectResource, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EventInvalid(f"the body ({len(message.data)} bytes) is no Cloud Storage object") from None
    return ObjectNotice(
        ref=RecordingRef(bucket=resource.bucket, name=resource.name, generation=resource.generation),
        size=resource.size,
        # Eventarc has no such attribute: there the subscription itself is to one type of event.
        finalized=message.attributes.get("eventType", "OBJECT_FINALIZE") == "OBJECT_FINALIZE",
    )


def _require_event_size(message: Message) -> None:
    if len(message.data) > MAX_EVENT_BYTES:
        raise EventTooLarge(f"the body has {len(message.data)} bytes, and no event has more than {MAX_EVENT_BYTES}")


def _unwrap(data: Any) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return b""


def _extensions(event: CloudEventLike) -> dict[str, str]:
    attributes = {}
    for key in ("traceparent", "eventType"):
        try:
            attributes[key] = str(event[key])
        except KeyError:
            continue
    return attributes
