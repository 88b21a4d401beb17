"""Requests as Pub/Sub and Eventarc send them: the same message in every shape that reaches a function."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import NamedTuple

from samo.ports import ObjectInfo

PUBSUB = "//pubsub.googleapis.com/projects/p/topics/recordings"
STORAGE = "//storage.googleapis.com/projects/_/buckets/recordings"


class Body(NamedTuple):
    """A POST request."""

    headers: Mapping[str, str]
    data: bytes


def wrapped_push(data: bytes, attributes: Mapping[str, str], message_id: str = "7001") -> Body:
    """What a push subscription sends by default."""
    message = {
        "attributes": dict(attributes),
        "data": base64.b64encode(data).decode(),
        "messageId": message_id,
        "message_id": message_id,
        "publishTime": "2026-07-01T12:00:00.000Z",
        "publish_time": "2026-07-01T12:00:00.000Z",
    }
    body = {"deliveryAttempt": 1, "message": message, "subscription": "projects/p/subscriptions/s"}
    return Body({"Content-Type": "application/json"}, json.dumps(body).encode())


def unwrapped_push(data: bytes, attributes: Mapping[str, str]) -> Body:
    """What a push subscription without wrapper, but with metadata, makes of a message with CloudEvent attributes."""
    headers = {"x-goog-pubsub-subscription-name": "projects/p/subscriptions/s", "x-goog-pubsub-message-id": "7001"}
    return Body({**headers, **attributes}, data)


def eventarc_pubsub(data: bytes, attributes: Mapping[str, str]) -> Body:
    """What Eventarc makes of a Pub/Sub message: a CloudEvent around the wrapped push."""
    headers = _cloud_event("google.cloud.pubsub.topic.v1.messagePublished", PUBSUB)
    return Body(headers, wrapped_push(data, attributes).data)


def eventarc_storage(data: bytes, attributes: Mapping[str, str]) -> Body:
    """What Eventarc makes of a stored object: a CloudEvent with the object resource itself."""
    headers = _cloud_event("google.cloud.storage.object.v1.finalized", STORAGE)
    return Body({**headers, "ce-subject": f"objects/{attributes['objectId']}"}, data)


def object_notification(info: ObjectInfo, *, bucket: str = "recordings") -> tuple[bytes, dict[str, str]]:
    """The body and the attributes of a Cloud Storage notification about a new object."""
    generation, size = str(info.generation), str(info.size)
    resource = {"kind": "storage#object", "bucket": bucket, "name": info.name, "generation": generation, "size": size}
    attributes = {
        "bucketId": bucket,
        "eventTime": "2026-07-01T12:00:00.000000Z",
        "eventType": "OBJECT_FINALIZE",
        "notificationConfig": f"projects/_/buckets/{bucket}/notificationConfigs/1",
        "objectGeneration": generation,
        "objectId": info.name,
        "payloadFormat": "JSON_API_V1",
    }
    return json.dumps(resource).encode(), attributes


def _cloud_event(kind: str, source: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "ce-id": "7001",
        "ce-source": source,
        "ce-specversion": "1.0",
        "ce-time": "2026-07-01T12:00:00.000Z",
        "ce-type": kind,
    }
