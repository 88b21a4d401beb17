"""Dead letters as a person reads them: which recording, which stage gave up, and where it says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from google.pubsub_v1 import PubsubMessage

from samo.domain.errors import EventInvalid
from samo.domain.names import STAGES, StageName
from samo.domain.recording import RecordingRef
from samo.messages import Message, read_object_notice, read_payload


class DeadLetters:
    """Says one line for each. `take` hands out what a stage failed to handle, each message once."""

    def __init__(
        self, take: Callable[[StageName], Sequence[PubsubMessage]], logs: Path, say: Callable[[str], None]
    ) -> None:
        self._take = take
        self._logs = logs
        self._say = say

    def look(self) -> None:
        """Tell of what is new."""
        for stage in STAGES:
            for letter in self._take(stage):
                log = self._logs / f"{stage}.log"
                self._say(f"{_about(stage, letter)}: {stage} gave up; {log} says why. The next `samo up` tries again.")


class _OfRecording(msgspec.Struct, frozen=True):
    recording: RecordingRef


def _about(stage: StageName, letter: PubsubMessage) -> str:
    message = Message(id=letter.message_id, data=letter.data, attributes=dict(letter.attributes))
    try:
        if stage == "transcription":
            return read_object_notice(message).ref.name
        return read_payload(message, _OfRecording).recording.name
    except EventInvalid:
        return "an event"
