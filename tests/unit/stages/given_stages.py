"""The stages over buckets and topics in memory, with engines whose results a test can foretell."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

import msgspec

from samo.domain.documents import decode, encode, encode_compact
from samo.domain.emotion import EmotionReading
from samo.domain.errors import PermanentError
from samo.domain.events import AnalysisReady, Event, ObjectPointer, TranscriptReady
from samo.domain.failure import Failure
from samo.domain.names import StageName, emotions_name, failure_name, lease_name, summary_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript
from samo.leases import LeaseDocument, Leases
from samo.messages import Message
from samo.ports import ObjectInfo
from samo.stages.effect import EffectRunner
from samo.stages.emotion import EmotionStage
from samo.stages.hand_over import JobDesk
from samo.stages.insights import InsightsStage
from samo.stages.pace import Pace
from samo.stages.spoken_entries import SpokenEntries
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.summarization import SummarizationStage
from samo.stages.transcription import TranscriptionStage
from samo.stages.transcription_job import TranscriptionTask, Wait
from tests.fakes.clock import FakeClock
from tests.fakes.engines import FirstSentenceSummarizer, HearingTranscriber, WordReader
from tests.fakes.jobs import RememberedJobs
from tests.fakes.object_store import MemoryStore
from tests.fakes.publisher import RecordingPublisher
from tests.unit.given_documents import REF, WHEN, a_reading, a_summary, a_transcript

LEASE_S = 600.0
MAX_AUDIO_BYTES = 1000
MAX_TEXT_BYTES = 100
BUDGET_S = 420.0
MAX_TASKS = 4

# As `timestamp` writes the moment at which the fake clock stands.
NOW = "2026-09-21T14:13:20.000Z"


@dataclass
class World:
    """All buckets, one topic, the clock and the engines."""

    recordings: MemoryStore = field(default_factory=lambda: MemoryStore("recordings", chunk_bytes=4))
    results: MemoryStore = field(default_factory=lambda: MemoryStore("results"))
    leases: MemoryStore = field(default_factory=lambda: MemoryStore("leases"))
    topic: RecordingPublisher = field(default_factory=RecordingPublisher)
    clock: FakeClock = field(default_factory=FakeClock)
    transcriber: HearingTranscriber = field(default_factory=HearingTranscriber)
    pace: Pace = field(default_factory=Pace)
    jobs: RememberedJobs | None = None
    reader: WordReader = field(default_factory=WordReader)
    summarizer: FirstSentenceSummarizer = field(default_factory=FirstSentenceSummarizer)

    def transcription(self, *, planning_s: float = math.inf) -> TranscriptionStage:
        """The stage that takes at most `MAX_AUDIO_BYTES` and `MAX_TEXT_BYTES`."""
        recordings = self.stored_recordings()
        desk = None if self.jobs is None else JobDesk(self.jobs, self.clock, max_tasks=MAX_TASKS)
        spoken = SpokenEntries(
            recordings,
            self.results,
            self.transcriber,
            self.clock,
            desk=desk,
            budget_s=BUDGET_S,
            planning_s=planning_s,
            pace=self.pace,
        )
        return TranscriptionStage(recordings, self.leases, spoken, self._runner("transcription"), self.clock)

    def transcription_task(self, *, patience_s: float = 2 * LEASE_S, wait: Wait | None = None) -> TranscriptionTask:
        """A task of the job, which lets the clock run on where it would wait."""
        return TranscriptionTask(
            self.stored_recordings(),
            self.results,
            self.leases,
            self.transcriber,
            self._runner("transcription"),
            Leases(self.leases, self.clock, duration_s=LEASE_S),
            self.clock,
            wait=wait or self.clock.advance,
            patience_s=patience_s,
        )

    def stored_recordings(self) -> StoredRecordings:
        """The recordings bucket."""
        return StoredRecordings(self.recordings, max_audio_bytes=MAX_AUDIO_BYTES, max_text_bytes=MAX_TEXT_BYTES)

    def emotion(self) -> EmotionStage:
        """The emotion stage."""
        return EmotionStage(self.results, self.reader, self._runner("emotion"), self.clock)

    def summarization(self) -> SummarizationStage:
        """The summarization stage."""
        return SummarizationStage(self.results, self.reader, self.summarizer, self._runner("summarization"), self.clock)

    def insights(self) -> InsightsStage:
        """The insights stage."""
        return InsightsStage(self.results, self._runner("insights"), self.clock)

    def upload(self, name: str, data: bytes) -> RecordingRef:
        """Somebody stores a recording."""
        info = self.recordings.put(name, data)
        return RecordingRef(bucket=self.recordings.bucket, name=name, generation=info.generation)

    def store_transcript(self, transcript: Transcript | None = None) -> Message:
        """An earlier stage has stored the transcript; the message that announces it."""
        document = transcript or a_transcript()
        info = self.results.put(transcript_name(document.recording), encode(document))
        return announcement(TranscriptReady(recording=document.recording, object=self.pointer(info)))

    def store_reading(self, reading: EmotionReading | None = None) -> Message:
        """The emotion stage has stored its part; the message that announces it."""
        document = reading or a_reading()
        return self._part("emotions", document.recording, emotions_name(document.recording), document, failed=False)

    def store_summary(self, summary: Summary | None = None) -> Message:
        """The summarization stage has stored its part; the message that announces it."""
        document = summary or a_summary()
        return self._part("summary", document.recording, summary_name(document.recording), document, failed=False)

    def store_failure(self, stage: StageName, code: str = "document_invalid") -> Message:
        """The stage has recorded a failure instead of its part; the message that announces it."""
        failure = Failure(stage=stage, recording=REF, code=code, reason="r", advice="a", created_at=WHEN)
        part = "emotions" if stage == "emotion" else "summary"
        return self._part(part, REF, failure_name(stage, REF), failure, failed=True)

    def hold_lease(self, stage: StageName, ref: RecordingRef = REF) -> None:
        """Another worker is on the recording."""
        held = LeaseDocument(owner="another worker", expires_at_s=self.clock.now_s() + LEASE_S)
        self.leases.put(lease_name(stage, ref), encode(held))

    def pointer(self, info: ObjectInfo) -> ObjectPointer:
        """A pointer at a stored result."""
        return ObjectPointer(bucket=self.results.bucket, name=info.name, generation=info.generation)

    def live_pointer(self, name: str) -> ObjectPointer:
        """A pointer at what is stored under this name now."""
        info = self.results.stat(name)
        assert info is not None, f"nothing is stored as {name}"
        return self.pointer(info)

    def failure(self, stage: StageName, ref: RecordingRef = REF) -> Failure:
        """The stored failure record."""
        return decode(self.results.content(failure_name(stage, ref)), Failure)

    def _runner(self, stage: StageName) -> EffectRunner:
        leases = Leases(self.leases, self.clock, duration_s=LEASE_S)
        return EffectRunner(stage, self.results, leases, self.topic, self.clock)

    def _part(self, part: str, ref: RecordingRef, name: str, document: msgspec.Struct, *, failed: bool) -> Message:
        pointer = self.pointer(self.results.put(name, encode(document)))
        fields = {"recording": ref, "part": part, "outcome": "failed" if failed else "ok", "object": pointer}
        return announcement(msgspec.convert(fields, AnalysisReady, from_attributes=True))


def announcement(event: Event) -> Message:
    """The event as it arrives."""
    return Message(id="7001", data=encode_compact(event))


def notification(ref: RecordingRef, *, event_type: str | None = "OBJECT_FINALIZE", **fields: object) -> Message:
    """What Cloud Storage says of an object; 64-bit integers are strings."""
    resource = {
        "kind": "storage#object",
        "bucket": ref.bucket,
        "name": ref.name,
        "generation": str(ref.generation),
        "metageneration": "1",
        "contentType": "application/octet-stream",
        "size": "17",
        **fields,
    }
    attributes = {"eventType": event_type} if event_type else {}
    return Message(id="7001", data=json.dumps(resource).encode(), attributes=attributes)


def expected_failure(stage: StageName, ref: RecordingRef, error: type[PermanentError], reason: str) -> Failure:
    """The record of this error."""
    return Failure(stage=stage, recording=ref, code=error.code, reason=reason, advice=error.advice, created_at=NOW)
