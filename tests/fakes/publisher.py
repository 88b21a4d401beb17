"""A topic that remembers."""

from __future__ import annotations

from samo.domain.errors import PublishFailed
from samo.domain.events import Event


class RecordingPublisher:
    """The `Publisher` port; `events` holds what was accepted, in order. `reachable = False` makes it refuse."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reachable = True

    def publish(self, event: Event) -> None:
        """Remember the event. Raises `PublishFailed` while unreachable."""
        if not self.reachable:
            raise PublishFailed("the topic cannot be reached")
        self.events.append(event)
