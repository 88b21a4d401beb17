"""Emotion: a transcript becomes a reading; success and failure are announced alike, for the join waits for either."""

from __future__ import annotations

import pytest

from samo.domain.documents import decode, encode
from samo.domain.emotion import EmotionReading
from samo.domain.errors import (
    DocumentInvalid,
    EventForeignBucket,
    EventInvalid,
    LeaseHeld,
    ModelUnavailable,
    RecordingGone,
    RecordingNameInvalid,
    StoreUnavailable,
)
from samo.domain.events import AnalysisReady, ObjectPointer, TranscriptReady, event_id
from samo.domain.names import emotions_name, failure_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.messages import Message
from samo.stages import stored_documents
from samo.stages.effect import Outcome
from tests.unit.given_documents import REF, SAID, a_transcript
from tests.unit.stages.given_stages import NOW, World, announcement, expected_failure


@pytest.fixture
def world() -> World:
    """Empty buckets, an empty topic."""
    return World()


def reading_of(world: World) -> EmotionReading:
    """The stored reading."""
    return decode(world.results.content(emotions_name(REF)), EmotionReading)


def test_a_transcript_becomes_a_reading(world: World) -> None:
    """Each sentence with its time; the reading is stored and announced once."""
    message = world.store_transcript()

    outcome = world.emotion().handle(message)

    assert outcome == Outcome("committed")
    reading = reading_of(world)
    assert (reading.recording, reading.created_at) == (REF, NOW)
    assert [sentence.text for sentence in reading.sentences] == [text for text, *_ in SAID]
    assert [sentence.start_s for sentence in reading.sentences] == [start_s for _, start_s, *_ in SAID]
    assert world.topic.events == [
        AnalysisReady(recording=REF, part="emotions", outcome="ok", object=world.live_pointer(emotions_name(REF)))
    ]
    assert world.leases.names == []


def test_a_written_entry_is_read_without_times(world: World) -> None:
    """Its sentences have none."""
    message = world.store_transcript(
        a_transcript(source="text", text="A sad day.\nA happy end.", segments=(), audio=None)
    )

    world.emotion().handle(message)

    assert [(read.text, read.start_s, read.valence) for read in reading_of(world).sentences] == [
        ("A sad day.", None, -1),
        ("A happy end.", None, 1),
    ]


def test_an_empty_transcript_becomes_an_empty_reading(world: World) -> None:
    """With the transcript's reason; silence has no emotion, not even "neutral"."""
    message = world.store_transcript(a_transcript(text="", segments=(), empty_reason="no_speech"))

    assert world.emotion().handle(message) == Outcome("committed")

    reading = reading_of(world)
    assert (reading.sentences, reading.labels, reading.empty_reason) == ((), (), "no_speech")


def test_an_erased_transcript_is_recorded_and_announced_as_failed(world: World) -> None:
    """Its owner deleted it between the stages: the join shall not wait for a reading."""
    message = world.store_transcript()
    name = transcript_name(REF)
    world.results.delete(name, generation=world.live_pointer(name).generation)

    outcome = world.emotion().handle(message)

    assert outcome == Outcome("failed", "recording_gone")
    expected = expected_failure("emotion", REF, RecordingGone, "the transcript no longer exists")
    assert world.failure("emotion", REF) == expected
    assert world.topic.events == [
        AnalysisReady(
            recording=REF, part="emotions", outcome="failed", object=world.live_pointer(failure_name("emotion", REF))
        )
    ]


def test_a_damaged_transcript_is_recorded_without_its_words(world: World) -> None:
    """The reason names the field; the record could be shown to anybody."""
    message = world.store_transcript()
    world.results.put(transcript_name(REF), encode(a_transcript()).replace(b'"text":', b'"texts":', 1))

    outcome = world.emotion().handle(message)

    assert outcome == Outcome("failed", "document_invalid")
    reason = "not a Transcript: missing required field `text` at `$`"
    assert world.failure("emotion", REF) == expected_failure("emotion", REF, DocumentInvalid, reason)
    assert "train" not in world.results.content(failure_name("emotion", REF)).decode()


def test_a_transcript_too_large_to_read_is_recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size is looked at first, so that it cannot exhaust the memory."""
    monkeypatch.setattr(stored_documents, "MAX_DOCUMENT_BYTES", 10)
    message = world.store_transcript()

    assert world.emotion().handle(message) == Outcome("failed", "document_too_large")

    assert "read" not in {request.operation for request in world.results.requests}


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"recording": {"name": "mia"}}'])
def test_a_message_that_is_no_announcement_is_refused(world: World, data: bytes) -> None:
    """By the named error."""
    with pytest.raises(EventInvalid, match="is no TranscriptReady"):
        world.emotion().handle(Message(id="7001", data=data))


def test_an_announcement_of_a_foreign_bucket_is_refused(world: World) -> None:
    """Documents of another deployment are none of ours."""
    world.store_transcript()
    pointer = ObjectPointer(bucket="elsewhere", name=transcript_name(REF), generation=1)

    with pytest.raises(EventForeignBucket):
        world.emotion().handle(announcement(TranscriptReady(recording=REF, object=pointer)))

    assert world.topic.events == []


def test_an_announcement_of_an_impossible_recording_is_refused(world: World) -> None:
    """A name that no transcription accepts has no transcript."""
    ref = RecordingRef(bucket="recordings", name="day.wav", generation=7)
    pointer = ObjectPointer(bucket="results", name="transcripts/x.json", generation=1)

    with pytest.raises(RecordingNameInvalid):
        world.emotion().handle(announcement(TranscriptReady(recording=ref, object=pointer)))


def test_a_repeat_publishes_the_same_event_again(world: World) -> None:
    """The reading is made once."""
    message = world.store_transcript()
    world.emotion().handle(message)

    assert world.emotion().handle(message) == Outcome("replayed")

    first, second = world.topic.events
    assert first == second
    assert event_id(first) == event_id(second)
    assert len(world.reader.readings) == 1


def test_a_repeat_of_a_failure_publishes_the_same_event_again(world: World) -> None:
    """The join may have missed the first."""
    message = world.store_transcript()
    world.results.put(transcript_name(REF), b"{}")
    world.emotion().handle(message)

    assert world.emotion().handle(message) == Outcome("replayed")

    first, second = world.topic.events
    assert first == second
    assert event_id(first) == event_id(second)


def test_a_model_out_of_reach_leaves_nothing_behind(world: World) -> None:
    """Never a reading without a model; the redelivery finds the lease free."""
    message = world.store_transcript()
    before = world.results.names
    world.reader.failure = ModelUnavailable("no version is published")

    with pytest.raises(ModelUnavailable):
        world.emotion().handle(message)

    assert (before, [], []) == (world.results.names, world.leases.names, world.topic.events)
    world.reader.failure = None
    assert world.emotion().handle(message) == Outcome("committed")


@pytest.mark.parametrize("bucket", ["results", "leases"])
def test_a_store_out_of_reach_leaves_nothing_behind(world: World, bucket: str) -> None:
    """The redelivery does everything."""
    message = world.store_transcript()
    getattr(world, bucket).reachable = False

    with pytest.raises(StoreUnavailable):
        world.emotion().handle(message)

    assert (world.results.names, world.topic.events) == ([transcript_name(REF)], [])
    getattr(world, bucket).reachable = True
    assert world.emotion().handle(message) == Outcome("committed")


def test_a_held_lease_is_waited_for(world: World) -> None:
    """Another worker reads this entry."""
    message = world.store_transcript()
    world.hold_lease("emotion")

    with pytest.raises(LeaseHeld):
        world.emotion().handle(message)

    assert world.reader.readings == []


def test_the_lease_of_another_stage_does_not_matter(world: World) -> None:
    """Emotion and summarization work on one entry at the same time."""
    message = world.store_transcript()
    world.hold_lease("summarization")

    assert world.emotion().handle(message) == Outcome("committed")
