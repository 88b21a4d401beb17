"""The topics and subscriptions of a deployment, made on the emulator: who hears what, and where dead letters go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from google.pubsub_v1 import DeadLetterPolicy, PushConfig, RetryPolicy, Subscription

from samo.domain.names import StageName
from samo.local.pubsub_emulator import PubsubEmulator

PROJECT = "local"
TOPICS = ("recordings", "transcripts", "analyses", "insights")
STAGES: tuple[StageName, ...] = get_args(StageName)

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
    """How the push subscriptions repeat what was not acknowledged."""

    minimum_backoff_s: float = 1.0
    maximum_backoff_s: float = 10.0
    attempts: int = 30
    ack_deadline_s: int = 600


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
