"""A topic that remembers."""

from __future__ import annotations

from collections.abc import Mapping

from samo.domain.errors import PublishFailed
from samo.domain.events import Event


class RecordingPublisher:
    """The `MessageTopic` port; `events` and `messages` hold what was accepted, in order.

    `reachable = False` makes it refuse.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.messages: list[tuple[bytes, dict[str, str]]] = []
        self.reachable = True

    def publish(self, event: Event) -> None:
        """Remember the event. Raises `PublishFailed` while unreachable."""
        if not self.reachable:
            raise PublishFailed("the topic cannot be reached")
        self.events.append(event)

    def send(self, body: bytes, attributes: Mapping[str, str]) -> None:
        """Remember the message. Raises `PublishFailed` while unreachable."""
        if not self.reachable:
            raise PublishFailed("the topic cannot be reached")
        self.messages.append((body, dict(attributes)))
