"""Dead letters are told in one line each, by the recording that they are about."""

from __future__ import annotations

import json
from pathlib import Path

from google.pubsub_v1 import PubsubMessage

from samo.domain.documents import encode_compact
from samo.domain.events import ObjectPointer, TranscriptReady
from samo.domain.names import StageName
from samo.local.dead_letters import DeadLetters
from tests.unit.given_documents import REF


def test_each_is_told_once_with_stage_and_log() -> None:
    """Whether the letter is Cloud Storage's, an event of ours, or nothing that can be read."""
    notice = json.dumps({"bucket": "recordings", "name": "me/voice.wav", "generation": "1"}).encode()
    event = encode_compact(
        TranscriptReady(recording=REF, object=ObjectPointer(bucket="results", name="t", generation=2))
    )
    letters: dict[StageName, list[PubsubMessage]] = {
        "transcription": [PubsubMessage(message_id="1", data=notice)],
        "emotion": [PubsubMessage(message_id="2", data=event)],
        "insights": [PubsubMessage(message_id="3", data=b"\xff")],
    }
    lines: list[str] = []
    dead_letters = DeadLetters(lambda stage: letters.pop(stage, []), Path("logs"), lines.append)

    dead_letters.look()
    dead_letters.look()

    assert lines == [
        "me/voice.wav: transcription gave up; logs/transcription.log says why. The next `samo up` tries again.",
        f"{REF.name}: emotion gave up; logs/emotion.log says why. The next `samo up` tries again.",
        "an event: insights gave up; logs/insights.log says why. The next `samo up` tries again.",
    ]
