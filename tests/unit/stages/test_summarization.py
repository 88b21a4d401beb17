"""Summarization: a transcript becomes the sentences that carry it, whatever becomes of the emotion stage."""

from __future__ import annotations

import pytest

from samo.domain.documents import decode
from samo.domain.errors import (
    EventForeignBucket,
    EventInvalid,
    LeaseHeld,
    ModelUnavailable,
    RecordingGone,
    StoreUnavailable,
)
from samo.domain.events import AnalysisReady, ObjectPointer, TranscriptReady, event_id
from samo.domain.names import emotions_name, failure_name, summary_name, transcript_name
from samo.domain.summary import Summary
from samo.messages import Message
from samo.stages.effect import Outcome
from tests.fakes.engines import FirstSentenceSummarizer, WordReader
from tests.unit.given_documents import REF, SAID, a_transcript
from tests.unit.stages.given_stages import NOW, World, announcement, expected_failure


@pytest.fixture
def world() -> World:
    """Empty buckets, an empty topic."""
    return World()


def summary_of(world: World) -> Summary:
    """The stored summary."""
    return decode(world.results.content(summary_name(REF)), Summary)


def test_a_transcript_becomes_a_summary(world: World) -> None:
    """Sentences with their times; the summary is stored and announced once."""
    message = world.store_transcript()

    outcome = world.summarization().handle(message)

    assert outcome == Outcome("committed")
    summary = summary_of(world)
    assert (summary.recording, summary.text, summary.created_at) == (REF, SAID[0][0], NOW)
    assert (summary.sentences[0].start_s, summary.sentences[0].end_s) == SAID[0][1:3]
    assert world.topic.events == [
        AnalysisReady(recording=REF, part="summary", outcome="ok", object=world.live_pointer(summary_name(REF)))
    ]
    assert world.leases.names == []


def test_it_does_not_wait_for_the_emotion_stage(world: World) -> None:
    """It reads the emotions itself; there is no stored reading, and it stores none."""
    message = world.store_transcript()

    assert world.summarization().handle(message) == Outcome("committed")

    assert len(world.reader.readings) == 1
    assert emotions_name(REF) not in world.results.names


def test_the_failure_of_the_emotion_stage_does_not_matter(world: World) -> None:
    """A record of it is left alone."""
    world.store_failure("emotion")
    message = world.store_transcript()

    assert world.summarization().handle(message) == Outcome("committed")

    assert failure_name("emotion", REF) in world.results.names


def test_an_empty_transcript_becomes_an_empty_summary(world: World) -> None:
    """With the transcript's reason."""
    message = world.store_transcript(a_transcript(text="", segments=(), empty_reason="no_speech"))

    assert world.summarization().handle(message) == Outcome("committed")

    summary = summary_of(world)
    assert (summary.text, summary.sentences, summary.empty_reason) == ("", (), "no_speech")


def test_an_erased_transcript_is_recorded_and_announced_as_failed(world: World) -> None:
    """The join shall not wait for a summary."""
    message = world.store_transcript()
    name = transcript_name(REF)
    world.results.delete(name, generation=world.live_pointer(name).generation)

    outcome = world.summarization().handle(message)

    assert outcome == Outcome("failed", "recording_gone")
    expected = expected_failure("summarization", REF, RecordingGone, "the transcript no longer exists")
    assert world.failure("summarization", REF) == expected
    assert world.topic.events == [
        AnalysisReady(
            recording=REF,
            part="summary",
            outcome="failed",
            object=world.live_pointer(failure_name("summarization", REF)),
        )
    ]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff"])
def test_a_message_that_is_no_announcement_is_refused(world: World, data: bytes) -> None:
    """By the named error."""
    with pytest.raises(EventInvalid, match="is no TranscriptReady"):
        world.summarization().handle(Message(id="7001", data=data))


def test_an_announcement_of_a_foreign_bucket_is_refused(world: World) -> None:
    """Documents of another deployment are none of ours."""
    pointer = ObjectPointer(bucket="elsewhere", name=transcript_name(REF), generation=1)

    with pytest.raises(EventForeignBucket):
        world.summarization().handle(announcement(TranscriptReady(recording=REF, object=pointer)))


def test_a_repeat_publishes_the_same_event_again(world: World) -> None:
    """The summary is made once."""
    message = world.store_transcript()
    world.summarization().handle(message)

    assert world.summarization().handle(message) == Outcome("replayed")

    first, second = world.topic.events
    assert first == second
    assert event_id(first) == event_id(second)
    assert len(world.reader.readings) == 1


@pytest.mark.parametrize("engine", ["reader", "summarizer"])
def test_a_model_out_of_reach_leaves_nothing_behind(world: World, engine: str) -> None:
    """Whichever of the two it is."""
    message = world.store_transcript()
    broken: WordReader | FirstSentenceSummarizer = getattr(world, engine)
    broken.failure = ModelUnavailable("no version is published")

    with pytest.raises(ModelUnavailable):
        world.summarization().handle(message)

    assert (world.results.names, world.leases.names, world.topic.events) == ([transcript_name(REF)], [], [])
    broken.failure = None
    assert world.summarization().handle(message) == Outcome("committed")


def test_a_store_out_of_reach_leaves_nothing_behind(world: World) -> None:
    """The redelivery does everything."""
    message = world.store_transcript()
    world.leases.reachable = False

    with pytest.raises(StoreUnavailable):
        world.summarization().handle(message)

    assert (world.results.names, world.topic.events) == ([transcript_name(REF)], [])
    world.leases.reachable = True
    assert world.summarization().handle(message) == Outcome("committed")


def test_a_held_lease_is_waited_for(world: World) -> None:
    """Another worker summarises this entry."""
    message = world.store_transcript()
    world.hold_lease("summarization")

    with pytest.raises(LeaseHeld):
        world.summarization().handle(message)

    assert world.reader.readings == []
