"""Bucket notifications: for every new generation one message to each topic that the bucket is connected to."""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from samo.local.gcs.errors import ApiError
from samo.local.gcs.objects import StoredObject
from samo.local.gcs.timestamps import timestamp

Publish = Callable[[str, bytes, Mapping[str, str]], None]
"""Hands a message to a topic, `projects/{project}/topics/{topic}`: its name, the body and the attributes."""

_TOPIC_PREFIX = "//pubsub.googleapis.com/"
_RETRY_S = 0.5

_log = logging.getLogger(__name__)


class Notifications:
    """The notification configurations of all buckets, and the thread that publishes. Repeats until a topic accepts."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._configurations: dict[str, list[dict[str, Any]]] = {}
        self._waiting: queue.Queue[tuple[str, bytes, dict[str, str]] | None] = queue.Queue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gcs-notifications", daemon=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def stop(self) -> None:
        """End; what has not been accepted by then is dropped."""
        self._stopping.set()
        self._waiting.put(None)
        self._thread.join()

    def add(self, bucket: str, resource: Mapping[str, Any]) -> dict[str, Any]:
        """Connect a bucket to a topic."""
        if not str(resource.get("topic", "")).startswith(_TOPIC_PREFIX):
            raise ApiError(HTTPStatus.BAD_REQUEST, "Invalid notification topic.")
        configurations = self._configurations.setdefault(bucket, [])
        configuration = {"kind": "storage#notification", **resource, "id": str(len(configurations) + 1)}
        configurations.append(configuration)
        return configuration

    def of(self, bucket: str) -> list[dict[str, Any]]:
        """The notification configurations of a bucket."""
        return list(self._configurations.get(bucket, []))

    def stored(self, new: StoredObject) -> None:
        """Tell the topics of the object's bucket about a new generation."""
        for configuration in self.of(new.bucket):
            wanted = configuration.get("event_types") or ["OBJECT_FINALIZE"]
            prefix = configuration.get("object_name_prefix", "")
            if "OBJECT_FINALIZE" in wanted and new.name.startswith(prefix):
                topic = configuration["topic"].removeprefix(_TOPIC_PREFIX)
                self._waiting.put((topic, _body(new, configuration), _attributes(new, configuration)))

    def _run(self) -> None:
        while (message := self._waiting.get()) is not None:
            while not self._stopping.is_set():
                try:
                    self._publish(*message)
                    break
                except Exception:  # noqa: BLE001 - whatever is wrong with the topic, the message must not be lost
                    _log.exception("a notification could not be published and is repeated")
                    self._stopping.wait(_RETRY_S)


def _body(new: StoredObject, configuration: Mapping[str, Any]) -> bytes:
    return json.dumps(new.resource()).encode() if configuration.get("payload_format") == "JSON_API_V1" else b""


def _attributes(new: StoredObject, configuration: Mapping[str, Any]) -> dict[str, str]:
    attributes = {
        **configuration.get("custom_attributes", {}),
        "bucketId": new.bucket,
        "eventTime": timestamp(),
        "eventType": "OBJECT_FINALIZE",
        "notificationConfig": f"projects/_/buckets/{new.bucket}/notificationConfigs/{configuration['id']}",
        "objectGeneration": str(new.generation),
        "objectId": new.name,
        "payloadFormat": configuration.get("payload_format", "NONE"),
    }
    return attributes if new.overwrote is None else {**attributes, "overwroteGeneration": str(new.overwrote)}
