"""A topic in a plain directory: every event one JSON file, named after the event's identity."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from samo.adapters.staging import make_durable, staged
from samo.domain.documents import encode
from samo.domain.errors import PublishFailed
from samo.domain.events import Event, event_id


class DirectoryTopic:
    """`Publisher` into `root`, which the first event creates. A repeat of an event overwrites its file in one step."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def publish(self, event: Event) -> None:
        """Write `{event_id}.json`; returns when it is on the disk. Raises `PublishFailed`."""
        self._write(event_id(event), encode(event), f"{event.event_type} for {event.object.name}")

    def send(self, body: bytes, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - a file has none
        """Write `{SHA-256 of the body}.json`; returns when it is on the disk. Raises `PublishFailed`."""
        self._write(hashlib.sha256(body).hexdigest(), body, "a message")

    def _write(self, identity: str, body: bytes, what: str) -> None:
        try:
            with staged(self._root, (body,)) as file:
                file.replace(self._root / f"{identity}.json")
                make_durable(self._root)
        except OSError as error:
            raise PublishFailed(f"{what}: {error.strerror}") from error
