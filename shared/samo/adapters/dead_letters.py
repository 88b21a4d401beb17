"""The subscription of a stage's dead letters, through the official client, which honours PUBSUB_EMULATOR_HOST."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from google.api_core.exceptions import DeadlineExceeded, GoogleAPIError, ServiceUnavailable
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.pubsub_v1 import SubscriberClient

from samo.adapters.reasons import reason_of
from samo.domain.errors import StoreUnavailable
from samo.messages import Message
from samo.ports import PulledLetter


class DeadLetterSubscription:
    """`DeadLetterQueue` on `projects/{project}/subscriptions/{subscription}`. `client` is called on first use.

    A pull waits at most `wait_s` for letters, every other call at most `call_s` for its answer.
    """

    def __init__(
        self,
        subscription: str,
        *,
        client: Callable[[], SubscriberClient] = SubscriberClient,
        wait_s: float = 3.0,
        call_s: float = 15.0,
    ) -> None:
        self._subscription = subscription
        self._new_client = client
        self._wait_s = wait_s
        self._call_s = call_s
        # The client's own goes on for a minute, whatever the timeout.
        self._retry = Retry(if_exception_type(ServiceUnavailable), initial=0.1, maximum=1.0, timeout=call_s)

    def pull(self, limit: int) -> Sequence[PulledLetter]:
        """Borrow at most so many; none when nothing waits, or all is lent. Raises `StoreUnavailable`."""
        with self._errors():
            try:
                pulled = self._client.pull(
                    subscription=self._subscription, max_messages=limit, timeout=self._wait_s, retry=None
                )
            except DeadlineExceeded:  # what an empty subscription answers
                return ()
        return tuple(
            PulledLetter(
                ack_id=received.ack_id,
                message=Message(
                    id=received.message.message_id,
                    data=received.message.data,
                    attributes=dict(received.message.attributes),
                ),
                published_at=received.message.publish_time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            )
            for received in pulled.received_messages
        )

    def acknowledge(self, letter: PulledLetter) -> None:
        """Take the letter away for good. Raises `StoreUnavailable`."""
        with self._errors():
            self._client.acknowledge(
                subscription=self._subscription, ack_ids=[letter.ack_id], retry=self._retry, timeout=self._call_s
            )

    def give_back(self, letters: Sequence[PulledLetter]) -> None:
        """Let the letters be pulled again at once. Raises `StoreUnavailable`."""
        if letters:
            with self._errors():
                self._client.modify_ack_deadline(
                    subscription=self._subscription,
                    ack_ids=[letter.ack_id for letter in letters],
                    ack_deadline_seconds=0,
                    retry=self._retry,
                    timeout=self._call_s,
                )

    @cached_property
    def _client(self) -> SubscriberClient:
        return self._new_client()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (GoogleAPIError, GoogleAuthError) as error:
            raise StoreUnavailable(f"{self._subscription}: {reason_of(error)}") from error
