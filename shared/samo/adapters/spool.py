"""A topic in a plain directory: every event one JSON file, named after the event's identity."""

from __future__ import annotations

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
        name = f"{event_id(event)}.json"
        try:
            with staged(self._root, (encode(event),)) as file:
                file.replace(self._root / name)
                make_durable(self._root)
        except OSError as error:
            raise PublishFailed(f"{event.event_type} for {event.object.name}: {error.strerror}") from error
