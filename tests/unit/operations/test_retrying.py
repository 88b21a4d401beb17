"""Retrying a failure: the stage runs again, and what was joined without it is replaced, whenever the retry is ended."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from samo.domain.documents import encode
from samo.domain.errors import LeaseHeld, TransientError
from samo.domain.failure import Failure
from samo.domain.names import StageName, event_failure_name, failure_name, insight_name, report_name
from samo.domain.recording import RecordingRef
from samo.operations.failures import FailureUnknown, list_failures
from samo.operations.retrying import RETRY_LEASE_S
from samo.operations.starting import NotRetriable
from tests.unit.given_documents import WHEN
from tests.unit.operations.given_deployment import (
    TEXT,
    AudioHeardAsNoise,
    BreaksAt,
    Crash,
    Deployment,
    out_of_reach,
)


@pytest.fixture
def deployment() -> Deployment:
    """Empty."""
    return Deployment()


def degraded(deployment: Deployment) -> RecordingRef:
    """An entry whose emotions could not be read, so that its insight is without them."""
    deployment.reader.failure = AudioHeardAsNoise("the weights are of another language")
    ref = deployment.store_entry()
    deployment.reader.failure = None
    return ref


def unheard(deployment: Deployment) -> RecordingRef:
    """A recording that could not be transcribed."""
    deployment.transcriber.failure = AudioHeardAsNoise("nothing but noise")
    ref = deployment.store_entry("mia/day.wav", TEXT)
    deployment.transcriber.failure = None
    return ref


def test_a_recording_that_failed_gets_its_insight(deployment: Deployment) -> None:
    """It is the first that anybody hears of it, under the identity that it would have had."""
    ref = unheard(deployment)
    assert deployment.announced == []

    failure = deployment.retrier().retry(failure_name("transcription", ref))
    deployment.settle()

    assert failure.code == "heard_as_noise"
    assert deployment.announced == [(insight_name(ref), 1)]
    assert not deployment.insight(ref).degraded
    assert list(list_failures(deployment.results)) == []


@pytest.mark.parametrize(("stage", "engine"), [("emotion", "reader"), ("summarization", "summarizer")])
def test_a_degraded_insight_is_replaced_by_a_whole_one(deployment: Deployment, stage: StageName, engine: str) -> None:
    """Announced under an identity of its own, for consumers have seen the first; which is kept, with its report."""
    getattr(deployment, engine).failure = AudioHeardAsNoise("no")
    ref = deployment.store_entry()
    getattr(deployment, engine).failure = None
    if stage == "emotion":  # the summary reads the emotions itself
        deployment.retrier().retry(failure_name("summarization", ref))
        deployment.settle()
    before = deployment.insight(ref)
    assert before.degraded
    old = {name: deployment.results.content(name) for name in (insight_name(ref), report_name(ref))}
    told = deployment.announced

    deployment.retrier().retry(failure_name(stage, ref))
    deployment.settle()

    insight = deployment.insight(ref)
    assert (insight.degraded, insight.revision) == (False, before.revision + 1)
    assert deployment.announced == [*told, (insight_name(ref), insight.revision)]
    assert deployment.results.content(report_name(ref)) != old[report_name(ref)]
    kept = [name for name in deployment.results.names if name.startswith("superseded/insights/mia/day/")]
    assert set(old.values()) <= {deployment.results.content(name) for name in kept}
    assert list(list_failures(deployment.results)) == []


def test_both_analyses_are_retried_at_once(deployment: Deployment) -> None:
    """As `--all` does: the second is told before the first has run, and one whole insight comes of it."""
    ref = degraded(deployment)
    retrier = deployment.retrier()

    for stage in ("emotion", "summarization"):
        retrier.retry(failure_name(stage, ref))
    deployment.settle()

    assert not deployment.insight(ref).degraded
    assert deployment.announced == [(insight_name(ref), 1), (insight_name(ref), 2)]


def test_one_that_fails_again_is_recorded_again(deployment: Deployment) -> None:
    """With a degraded insight of the next revision; a later retry goes on from there."""
    ref = degraded(deployment)
    deployment.reader.failure = AudioHeardAsNoise("still")

    deployment.retrier().retry(failure_name("emotion", ref))
    deployment.settle()

    assert deployment.insight(ref).degraded
    assert deployment.failure("emotion", ref).reason == "still"
    deployment.reader.failure = None
    for stage in ("emotion", "summarization"):
        deployment.retrier().retry(failure_name(stage, ref))
    deployment.settle()
    assert (deployment.insight(ref).degraded, deployment.insight(ref).revision) == (False, 3)


def test_an_insight_that_could_not_be_joined_is_joined(deployment: Deployment) -> None:
    """The event of an analysis is told again."""
    ref = deployment.store_entry()
    for name in (insight_name(ref), report_name(ref)):
        info = deployment.results.stat(name)
        assert info is not None
        deployment.results.delete(name, generation=info.generation)
    record(deployment, "insights", ref)

    deployment.retrier().retry(failure_name("insights", ref))
    deployment.settle()

    assert deployment.insight(ref).revision == 1
    assert list(list_failures(deployment.results)) == []


@pytest.mark.parametrize("error", [Crash, out_of_reach])
@pytest.mark.parametrize("given", [degraded, unheard])
def test_a_retry_that_is_ended_anywhere_is_ended_by_the_next(
    given: Callable[[Deployment], RecordingRef], error: Callable[[], BaseException]
) -> None:
    """Before and after each of its calls: the record or the note is there, and in the end one whole insight."""
    passage = 0
    while True:
        deployment = Deployment()
        ref = given(deployment)
        gate = BreaksAt(passage, error)

        with suppress(Crash, TransientError):
            deployment.retrier(gate).retry(failure_name("transcription" if given is unheard else "emotion", ref))
        deployment.settle()
        for _ in range(3):  # whatever is still listed, as `--all` does
            deployment.clock.advance(RETRY_LEASE_S)
            for each in list(list_failures(deployment.results)):
                deployment.retrier().retry(each.name)
            deployment.settle()

        insight = deployment.insight(ref)
        assert not insight.degraded, passage
        assert (insight_name(ref), insight.revision) in deployment.announced, passage
        assert sum(name == insight_name(ref) for name, _ in deployment.announced) == insight.revision, passage
        assert list(list_failures(deployment.results)) == []
        assert deployment.leases.names == []
        if not gate.broke:
            break
        passage += 1
    assert passage > 10


def test_a_redelivery_in_between_does_no_harm() -> None:
    """Old events come again before each call of the command: the end is the same."""
    deployment = Deployment()
    ref = degraded(deployment)
    old = list(deployment.told)

    def stray() -> None:
        deployment.topic.events.extend(old)
        deployment.settle()

    for stage in ("emotion", "summarization"):
        try:
            deployment.retrier(stray).retry(failure_name(stage, ref))
        except FailureUnknown:
            assert stage == "summarization"
    deployment.settle()

    assert not deployment.insight(ref).degraded
    assert deployment.announced == [(insight_name(ref), revision) for revision in (1, 2, 3)]


def test_a_worker_on_the_recording_is_not_disturbed(deployment: Deployment) -> None:
    """Neither of the stage nor of the join; the record stays."""
    ref = degraded(deployment)
    for stage in ("emotion", "insights"):
        deployment.hold_lease(stage, ref)

        with pytest.raises(LeaseHeld):
            deployment.retrier().retry(failure_name("emotion", ref))

        deployment.clock.advance(600)
    assert [each.name for each in list_failures(deployment.results, stage="emotion")] == [failure_name("emotion", ref)]


def test_what_names_no_recording_cannot_be_retried(deployment: Deployment) -> None:
    """There is nothing to set off; the record stays."""
    name = event_failure_name("emotion", "77")
    failure = Failure(stage="emotion", recording=None, code="event_invalid", reason="r", advice="a", created_at=WHEN)
    deployment.results.put(name, encode(failure))

    with pytest.raises(NotRetriable, match="named no recording"):
        deployment.retrier().retry(name)

    assert deployment.results.names == [name]


def test_without_its_transcript_an_analysis_cannot_be_retried(deployment: Deployment) -> None:
    """The record is all there is, and it stays."""
    ref = RecordingRef(bucket="recordings", name="mia/day.txt", generation=7)
    record(deployment, "emotion", ref)

    with pytest.raises(NotRetriable, match="transcript no longer exists"):
        deployment.retrier().retry(failure_name("emotion", ref))

    assert deployment.results.names == [failure_name("emotion", ref)]


def test_an_unknown_name_is_named(deployment: Deployment) -> None:
    """With the command that lists the known ones."""
    with pytest.raises(FailureUnknown, match="samo failures list"):
        deployment.retrier().retry("failures/emotion/nobody/1.json")


def record(deployment: Deployment, stage: StageName, ref: RecordingRef) -> None:
    """A failure of the stage."""
    failure = Failure(stage=stage, recording=ref, code="c", reason="r", advice="a", created_at=WHEN)
    deployment.results.put(failure_name(stage, ref), encode(failure))
