"""Insights: both parts meet the transcript, once, and whatever is missing is said."""

from __future__ import annotations

import pytest

from samo.domain.documents import decode, encode
from samo.domain.errors import EventForeignBucket, EventInvalid, LeaseHeld, RecordingGone, StoreUnavailable
from samo.domain.events import AnalysisReady, InsightReady, ObjectPointer, event_id
from samo.domain.insight import Insight, PartStatus
from samo.domain.names import emotions_name, failure_name, insight_name, report_name, summary_name, transcript_name
from samo.messages import Message
from samo.report import render_report
from samo.stages.effect import Outcome
from tests.fakes.object_store import Request
from tests.unit.given_documents import REF, a_reading, a_summary, a_transcript
from tests.unit.stages.given_stages import NOW, World, announcement, expected_failure

OK = PartStatus(status="ok")


@pytest.fixture
def world() -> World:
    """A stored transcript, and nothing else."""
    world = World()
    world.store_transcript()
    return world


def insight_of(world: World) -> Insight:
    """The stored insight."""
    return decode(world.results.content(insight_name(REF)), Insight)


def test_both_parts_become_one_insight(world: World) -> None:
    """With everything that a consumer needs; it is stored and announced once."""
    world.store_reading()
    message = world.store_summary()

    outcome = world.insights().handle(message)

    assert outcome == Outcome("committed")
    insight = insight_of(world)
    assert (insight.transcript, insight.emotions, insight.summary) == (a_transcript(), a_reading(), a_summary())
    assert (insight.recording, insight.created_at, insight.degraded) == (REF, NOW, False)
    assert insight.parts == {"emotions": OK, "summary": OK}
    assert world.topic.events == [InsightReady(recording=REF, object=world.live_pointer(insight_name(REF)))]
    assert world.leases.names == []


def test_the_part_that_ends_first_is_waited_out(world: World) -> None:
    """Its event is acknowledged, for that of the other part will find both."""
    first = world.store_reading()
    assert world.insights().handle(first) == Outcome("waiting")
    assert (insight_name(REF) in world.results.names, world.topic.events, world.leases.names) == (False, [], [])

    second = world.store_summary()

    assert world.insights().handle(second) == Outcome("committed")


def test_the_other_part_may_end_first_as_well(world: World) -> None:
    """The order does not matter."""
    assert world.insights().handle(world.store_summary()) == Outcome("waiting")

    assert world.insights().handle(world.store_reading()) == Outcome("committed")


def test_an_early_event_that_comes_late_is_a_repeat(world: World) -> None:
    """Events may overtake each other: the second one finds the insight, and publishes the same event again."""
    early, late = world.store_reading(), world.store_summary()
    world.insights().handle(late)

    assert world.insights().handle(early) == Outcome("replayed")

    first, second = world.topic.events
    assert first == second
    assert event_id(first) == event_id(second)


def test_a_failed_reading_degrades_the_insight(world: World) -> None:
    """It tells which part failed and why; the summary is there."""
    world.store_summary()

    outcome = world.insights().handle(world.store_failure("emotion", "document_invalid"))

    assert outcome == Outcome("committed")
    insight = insight_of(world)
    assert (insight.degraded, insight.emotions, insight.summary) == (True, None, a_summary())
    assert insight.parts == {"emotions": PartStatus(status="failed", code="document_invalid"), "summary": OK}


def test_a_failed_summary_degrades_the_insight(world: World) -> None:
    """The same, the other way round."""
    world.store_reading()

    outcome = world.insights().handle(world.store_failure("summarization", "recording_gone"))

    assert outcome == Outcome("committed")
    insight = insight_of(world)
    assert (insight.degraded, insight.emotions, insight.summary) == (True, a_reading(), None)
    assert insight.parts == {"emotions": OK, "summary": PartStatus(status="failed", code="recording_gone")}


def test_two_failed_parts_still_give_an_insight(world: World) -> None:
    """The transcript is worth being told of."""
    first = world.store_failure("emotion", "document_invalid")
    assert world.insights().handle(first) == Outcome("waiting")

    outcome = world.insights().handle(world.store_failure("summarization", "recording_gone"))

    assert outcome == Outcome("committed")
    insight = insight_of(world)
    assert (insight.degraded, insight.transcript) == (True, a_transcript())
    assert {part.status for part in insight.parts.values()} == {"failed"}


def test_a_result_counts_more_than_a_failure_record(world: World) -> None:
    """Where two workers came to different ends, what was made is not thrown away."""
    world.store_failure("emotion")
    world.store_reading()

    world.insights().handle(world.store_summary())

    assert not insight_of(world).degraded


@pytest.mark.parametrize(("part", "name"), [("emotions", emotions_name(REF)), ("summary", summary_name(REF))])
def test_an_unreadable_part_degrades_the_insight(world: World, part: str, name: str) -> None:
    """Somebody overwrote the document: the rest is still told."""
    world.store_reading()
    message = world.store_summary()
    world.results.put(name, b'{"schema_version": 99}')

    assert world.insights().handle(message) == Outcome("committed")

    insight = insight_of(world)
    assert {str(name) for name, status in insight.parts.items() if status != OK} == {part}
    assert PartStatus(status="failed", code="document_invalid") in insight.parts.values()


def test_an_erased_transcript_is_recorded(world: World) -> None:
    """Without it there is nothing to tell; no event announces an insight."""
    world.store_reading()
    message = world.store_summary()
    name = transcript_name(REF)
    world.results.delete(name, generation=world.live_pointer(name).generation)

    outcome = world.insights().handle(message)

    assert outcome == Outcome("failed", "recording_gone")
    expected = expected_failure("insights", REF, RecordingGone, "the transcript no longer exists")
    assert world.failure("insights", REF) == expected
    assert world.topic.events == []
    assert report_name(REF) not in world.results.names


# The report.


def test_the_report_is_a_page_beside_the_insight(world: World) -> None:
    """HTML, as the report module draws it from the very insight."""
    world.store_reading()

    world.insights().handle(world.store_summary())

    assert world.results.content(report_name(REF)).decode() == render_report(insight_of(world))
    assert world.results.content_type(report_name(REF)) == "text/html; charset=utf-8"


def test_the_report_is_written_before_the_insight(world: World) -> None:
    """Whoever is told of the insight finds the report."""
    world.store_reading()
    message = world.store_summary()

    world.insights().handle(message)

    created = [request.name for request in world.results.requests if request.operation == "create"]
    assert created == [report_name(REF), insight_name(REF)]


def test_an_outage_between_report_and_insight_is_made_up_for(world: World) -> None:
    """The report of the first attempt stays; the redelivery writes the insight and announces it."""
    world.store_reading()
    message = world.store_summary()

    def break_off(request: Request) -> None:
        if request == Request("create", insight_name(REF)):
            raise StoreUnavailable("connection reset")

    world.results.before = break_off
    with pytest.raises(StoreUnavailable):
        world.insights().handle(message)
    assert report_name(REF) in world.results.names
    assert (world.topic.events, world.leases.names) == ([], [])

    world.results.before = None

    assert world.insights().handle(message) == Outcome("committed")
    assert len(world.topic.events) == 1


# Messages, and who may work.


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff",
        encode(
            AnalysisReady(
                recording=REF,
                part="summary",
                outcome="ok",
                object=ObjectPointer(bucket="results", name="n", generation=1),
            )
        ).replace(b'"summary"', b'"colour"'),
    ],
)
def test_a_message_that_is_no_announcement_is_refused(world: World, data: bytes) -> None:
    """By the named error; a part that this release does not know is one, too."""
    with pytest.raises(EventInvalid, match="is no AnalysisReady"):
        world.insights().handle(Message(id="7001", data=data))


def test_an_announcement_of_a_foreign_bucket_is_refused(world: World) -> None:
    """Documents of another deployment are none of ours."""
    pointer = ObjectPointer(bucket="elsewhere", name=summary_name(REF), generation=1)

    with pytest.raises(EventForeignBucket):
        world.insights().handle(
            announcement(AnalysisReady(recording=REF, part="summary", outcome="ok", object=pointer))
        )


@pytest.mark.parametrize("bucket", ["results", "leases"])
def test_a_store_out_of_reach_leaves_nothing_behind(world: World, bucket: str) -> None:
    """In particular, an outage is not taken for a part that has not ended, which would be acknowledged."""
    world.store_reading()
    message = world.store_summary()
    getattr(world, bucket).reachable = False

    with pytest.raises(StoreUnavailable):
        world.insights().handle(message)

    assert (insight_name(REF) in world.results.names, world.topic.events) == (False, [])
    getattr(world, bucket).reachable = True
    assert world.insights().handle(message) == Outcome("committed")


def test_a_held_lease_is_waited_for(world: World) -> None:
    """The events of both parts may arrive at once; one of them comes again."""
    world.store_reading()
    message = world.store_summary()
    world.hold_lease("insights")

    with pytest.raises(LeaseHeld):
        world.insights().handle(message)

    assert (insight_name(REF) in world.results.names, failure_name("insights", REF) in world.results.names) == (
        False,
        False,
    )
