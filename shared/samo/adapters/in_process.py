"""Topics in this process: events wait in one queue and are delivered, one after the other, to their subscribers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from samo.domain.documents import encode_compact
from samo.domain.events import Event, event_id
from samo.messages import Message
from samo.tracing import current_traceparent

Subscriber = Callable[[Message], object]


class InProcessTopic:
    """`Publisher` that queues events for its subscribers."""

    def __init__(self, queue: deque[tuple[Subscriber, Message]]) -> None:
        self._queue = queue
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Deliver every later event to `subscriber`."""
        self._subscribers.append(subscriber)

    def publish(self, event: Event) -> None:
        """Queue the event, once for each subscriber."""
        traceparent = current_traceparent()
        message = Message(
            id=event_id(event),
            data=encode_compact(event),
            attributes={"traceparent": traceparent} if traceparent else {},
        )
        self._queue.extend((subscriber, message) for subscriber in self._subscribers)


class InProcessBroker:
    """The topics of one process. Any thread may publish; one delivers."""

    def __init__(self) -> None:
        self._queue: deque[tuple[Subscriber, Message]] = deque()

    def topic(self) -> InProcessTopic:
        """A new topic."""
        return InProcessTopic(self._queue)

    def drain(self) -> None:
        """Deliver until nothing waits. An error of a subscriber drops what waits and is raised."""
        try:
            while self._queue:
                subscriber, message = self._queue.popleft()
                subscriber(message)
        finally:
            self._queue.clear()
