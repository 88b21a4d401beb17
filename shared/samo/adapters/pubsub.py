"""A Pub/Sub topic, through the official client of the API; PUBSUB_EMULATOR_HOST names an emulator.

Not through the batching client of `google.cloud.pubsub_v1`: after a message that was refused, its next calls, those of
other threads among them, meet the failed batch and end in an AssertionError.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property

import grpc
from google.api_core.exceptions import (
    Aborted,
    GatewayTimeout,
    GoogleAPIError,
    InternalServerError,
    ServiceUnavailable,
    TooManyRequests,
    Unknown,
)
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.pubsub_v1 import PublisherClient, PubsubMessage
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from samo.adapters.deadlines import TOPIC, Deadlines
from samo.adapters.reasons import reason_of
from samo.domain.documents import encode_compact
from samo.domain.errors import PublishFailed
from samo.domain.events import Event, event_id
from samo.tracing import current_traceparent

_WORTH_REPEATING = if_exception_type(
    Aborted, GatewayTimeout, InternalServerError, ServiceUnavailable, TooManyRequests, Unknown
)


def _new_client() -> PublisherClient:
    if host := os.environ.get("PUBSUB_EMULATOR_HOST"):
        return PublisherClient(transport=PublisherGrpcTransport(channel=grpc.insecure_channel(host)))
    return PublisherClient()


class PubsubTopic:
    """`Publisher` to `projects/{project}/topics/{topic}`. `client` is called on first use, after the server's fork.

    Each message is a CloudEvent in Pub/Sub's binary binding: the event as body, its context as attributes.
    """

    def __init__(
        self, topic: str, *, client: Callable[[], PublisherClient] = _new_client, deadlines: Deadlines = TOPIC
    ) -> None:
        self._topic = topic
        self._new_client = client
        self._deadlines = deadlines

    def publish(self, event: Event) -> None:
        """Publish; returns when the server has accepted the message. Raises `PublishFailed`.

        An attempt that is under way when time is up may still succeed: then the event comes twice, as any event may.
        """
        what = f"{event.event_type} for {event.object.name}"
        self._hand_over(encode_compact(event), message_attributes(event), what)

    def send(self, body: bytes, attributes: Mapping[str, str]) -> None:
        """Publish a message as it is; returns when the server has accepted it. Raises `PublishFailed`."""
        self._hand_over(body, attributes, "a message")

    def _hand_over(self, body: bytes, attributes: Mapping[str, str], what: str) -> None:
        deadlines = self._deadlines
        retry = Retry(
            _WORTH_REPEATING,
            initial=deadlines.first_wait_s,
            maximum=deadlines.longest_wait_s,
            multiplier=2.0,
            timeout=deadlines.retry_s,
        )
        message = PubsubMessage(data=body, attributes=attributes)
        try:
            # The client takes the timeout for all attempts together.
            timeout = deadlines.connect_s + deadlines.answer_s
            self._client.publish(topic=self._topic, messages=[message], retry=retry, timeout=timeout)
        except (GoogleAPIError, GoogleAuthError) as error:
            raise PublishFailed(f"{self._topic} did not accept {what}: {reason_of(error)}") from error

    @cached_property
    def _client(self) -> PublisherClient:
        return self._new_client()


def message_attributes(event: Event) -> dict[str, str]:
    """The attributes of an event's message: its CloudEvent context, and the current trace."""
    attributes = {
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": event_id(event),
        "ce-type": event.event_type,
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{event.object.bucket}",
        "ce-time": datetime.now(UTC).isoformat(),
    }
    traceparent = current_traceparent()
    return attributes if traceparent is None else {**attributes, "traceparent": traceparent}
