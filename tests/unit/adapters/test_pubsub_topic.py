"""The Pub/Sub topic where no server can be made to misbehave; what every topic promises is in tests/contract."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from samo.adapters.deadlines import TOPIC
from samo.adapters.pubsub import PubsubTopic
from samo.domain.errors import PublishFailed
from samo.domain.events import InsightReady, ObjectPointer
from samo.domain.recording import RecordingRef

EVENT = InsightReady(
    recording=RecordingRef(bucket="recordings", name="mia/day.m4a", generation=7),
    object=ObjectPointer(bucket="results", name="insights/mia/day/7.json", generation=8),
)


class SilentClient:
    """The official client whose background thread hangs: it takes a message and never says what became of it."""

    def publish(self, topic: str, data: bytes, **options: Any) -> Future[str]:
        """Take the message."""
        return Future()


def test_a_client_that_never_answers_is_given_up() -> None:
    """The deadline is ours, not only the request's: the delivery must end, and come again."""
    topic = PubsubTopic("projects/p/topics/insights", client=SilentClient, deadlines=TOPIC.within(0.04))

    with pytest.raises(PublishFailed, match=r"insights/mia/day/7\.json: TimeoutError"):
        topic.publish(EVENT)
