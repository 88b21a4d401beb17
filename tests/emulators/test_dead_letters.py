"""What cannot be handled, attempt after attempt, is kept for a person to look at."""

from __future__ import annotations

import json

from google.pubsub_v1 import PubsubMessage

from samo.domain.documents import encode
from samo.domain.names import lease_name
from samo.domain.recording import RecordingRef
from samo.leases import LeaseDocument
from samo.local.processes import wait_until
from samo.local.stack import LocalStack
from samo.local.topology import STAGES


def test_an_event_that_always_fails_becomes_a_dead_letter(stack: LocalStack) -> None:
    """With body and attributes as they were published, in the subscription of the stage that failed and nowhere else.

    It fails because of a lease that outlasts all waits together, which no stack would make by itself.
    """
    ref = RecordingRef(bucket="recordings", name="ana/locked for ever.txt", generation=7)
    leases, name = stack.store("leases"), lease_name("transcription", ref)
    lease = leases.create(name, encode(LeaseDocument(owner="nobody", expires_at_s=4_000_000_000.0)))
    body = json.dumps({"bucket": ref.bucket, "name": ref.name, "generation": "7", "size": "1"}).encode()
    letters: list[PubsubMessage] = []

    stack.publish("recordings", body, {"eventType": "OBJECT_FINALIZE", "payloadFormat": "JSON_API_V1"})

    def arrived() -> bool:
        letters.extend(stack.dead_letters("transcription"))
        return bool(letters)

    try:
        assert wait_until(arrived, deadline_s=40, poll_s=0.2)
    finally:
        leases.delete(name, generation=lease.generation)
    [letter] = letters
    assert letter.data == body
    assert letter.attributes["eventType"] == "OBJECT_FINALIZE"
    assert letter.attributes["payloadFormat"] == "JSON_API_V1"
    assert [other for stage in STAGES for other in stack.dead_letters(stage)] == []
