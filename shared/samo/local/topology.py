"""The topics and subscriptions of a deployment, made on the emulator: who hears what, and where dead letters go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from google.pubsub_v1 import DeadLetterPolicy, PushConfig, RetryPolicy, Subscription

from samo.domain.names import STAGES, StageName
from samo.local.pubsub_emulator import PubsubEmulator

PROJECT = "local"
TOPICS = ("recordings", "transcripts", "analyses", "insights")

HEARS: Mapping[StageName, str] = {
    "transcription": "recordings",
    "emotion": "transcripts",
    "summarization": "transcripts",
    "insights": "analyses",
}
"""The topic that pushes to each stage."""

CONSUMER = "consumer"
"""A pull subscription to the topic of insights, as a consumer would have."""


@dataclass(frozen=True)
class Delivery:
    """How the push subscriptions repeat what was not acknowledged, and how long a worker's lease lasts.

    Raises `ValueError` unless all waits together exceed the lease: the event of a crashed worker would become a dead
    letter while that worker's lease is still held.
    """

    minimum_backoff_s: float = 1.0
    maximum_backoff_s: float = 10.0
    attempts: int = 100
    ack_deadline_s: int = 600
    lease_s: float = 600.0

    def __post_init__(self) -> None:
        if self.total_backoff_s <= self.lease_s:
            raise ValueError(f"a lease of {self.lease_s} s outlasts all waits together, {self.total_backoff_s} s")

    @property
    def total_backoff_s(self) -> float:
        """Seconds of waiting between the first attempt and the last: the wait doubles up to its maximum."""
        waits = (self.minimum_backoff_s * 2.0**attempt for attempt in range(self.attempts - 1))
        return sum(min(wait, self.maximum_backoff_s) for wait in waits)


def topic(name: str) -> str:
    """The full name of a topic."""
    return f"projects/{PROJECT}/topics/{name}"


def subscription(name: str) -> str:
    """The full name of a subscription."""
    return f"projects/{PROJECT}/subscriptions/{name}"


def dead_letters(stage: StageName) -> str:
    """The name of a stage's dead-letter topic, and of the pull subscription that keeps what arrives there."""
    return f"{stage}-dead-letters"


def create(emulator: PubsubEmulator, functions: Mapping[StageName, str], delivery: Delivery) -> None:
    """Make everything on an empty emulator; `functions` says where each function listens."""
    for name in (*TOPICS, *map(dead_letters, STAGES)):
        emulator.publisher.create_topic(name=topic(name))
    for stage in STAGES:
        _subscribe(emulator, dead_letters(stage), dead_letters(stage))
        emulator.subscriber.create_subscription(
            Subscription(
                name=subscription(stage),
                topic=topic(HEARS[stage]),
                push_config=PushConfig(push_endpoint=functions[stage]),
                ack_deadline_seconds=delivery.ack_deadline_s,
                retry_policy=RetryPolicy(
                    minimum_backoff=timedelta(seconds=delivery.minimum_backoff_s),
                    maximum_backoff=timedelta(seconds=delivery.maximum_backoff_s),
                ),
                dead_letter_policy=DeadLetterPolicy(
                    dead_letter_topic=topic(dead_letters(stage)), max_delivery_attempts=delivery.attempts
                ),
            )
        )
    _subscribe(emulator, CONSUMER, "insights")


def _subscribe(emulator: PubsubEmulator, name: str, heard: str) -> None:
    emulator.subscriber.create_subscription(name=subscription(name), topic=topic(heard))
