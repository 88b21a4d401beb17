"""What sets a stage off for a recording: the message that it would have had from the stage before."""

from __future__ import annotations

import json
from dataclasses import dataclass

from samo.domain.errors import SamoError
from samo.domain.events import AnalysisReady, ObjectPointer, TranscriptReady
from samo.domain.names import StageName, emotions_name, failure_name, summary_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.ports import MessageTopic, ObjectStore


class NotRetriable(SamoError):
    """No message could set the stage off: what it would work on is not there."""

    code = "not_retriable"


@dataclass(frozen=True)
class StageTopics:
    """The topics that the stages hear."""

    recordings: MessageTopic
    transcripts: MessageTopic
    analyses: MessageTopic

    def of(self, stage: StageName) -> MessageTopic:
        """The one that this stage hears."""
        if stage == "transcription":
            return self.recordings
        return self.analyses if stage == "insights" else self.transcripts


def check_startable(results: ObjectStore, stage: StageName, recording: RecordingRef) -> None:
    """Raises `NotRetriable` where the stage's input is gone, `StoreUnavailable`."""
    if stage != "transcription":
        _event(results, stage, recording, 1)


def start(results: ObjectStore, topics: StageTopics, stage: StageName, recording: RecordingRef, revision: int) -> None:
    """Publish the stage's message. Raises `NotRetriable`, `PublishFailed`, `StoreUnavailable`."""
    if stage == "transcription":
        topics.recordings.send(*object_notice(recording))
    else:
        topics.of(stage).publish(_event(results, stage, recording, revision))


def object_notice(recording: RecordingRef) -> tuple[bytes, dict[str, str]]:
    """Body and attributes of the notification with which Cloud Storage announces the recording."""
    generation = str(recording.generation)
    body = {"kind": "storage#object", "bucket": recording.bucket, "name": recording.name, "generation": generation}
    attributes = {
        "bucketId": recording.bucket,
        "eventType": "OBJECT_FINALIZE",
        "objectGeneration": generation,
        "objectId": recording.name,
        "payloadFormat": "JSON_API_V1",
    }
    return json.dumps(body).encode(), attributes


def _event(
    results: ObjectStore, stage: StageName, recording: RecordingRef, revision: int
) -> TranscriptReady | AnalysisReady:
    if stage != "insights":
        if (pointer := _pointer(results, transcript_name(recording))) is None:
            raise NotRetriable(f"{recording.name}: its transcript no longer exists; upload the recording again")
        return TranscriptReady(recording=recording, object=pointer, revision=revision)
    if (pointer := _pointer(results, emotions_name(recording))) is not None:
        return AnalysisReady(recording=recording, part="emotions", outcome="ok", object=pointer, revision=revision)
    if (pointer := _pointer(results, failure_name("emotion", recording))) is not None:
        return AnalysisReady(recording=recording, part="emotions", outcome="failed", object=pointer, revision=revision)
    if (pointer := _pointer(results, summary_name(recording))) is not None:
        return AnalysisReady(recording=recording, part="summary", outcome="ok", object=pointer, revision=revision)
    raise NotRetriable(f"{recording.name}: neither analysis has ended; the insight follows when they have")


def _pointer(results: ObjectStore, name: str) -> ObjectPointer | None:
    info = results.stat(name)
    return None if info is None else ObjectPointer(bucket=results.bucket, name=info.name, generation=info.generation)
