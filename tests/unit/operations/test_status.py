"""Where an entry is: all that can be known of it from what is stored, in every state."""

from __future__ import annotations

import pytest

from samo.domain.names import StageName, failure_name, insight_name, lease_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.leases import Leases
from samo.operations.status import EntryStatus, EntryUnknown, StageStatus, entry_status
from samo.stages.effect import Outcome
from samo.stages.hand_over import STALLED_S
from samo.stages.transcription_job import TaskPlace
from tests.fakes.engines import MADE_BY
from tests.fakes.jobs import RememberedJobs
from tests.unit.operations.given_deployment import ENTRY, AudioHeardAsNoise, Deployment
from tests.unit.stages.given_stages import notification


@pytest.fixture
def deployment() -> Deployment:
    """Empty."""
    return Deployment()


def status_of(
    deployment: Deployment, entry: str = "mia/day", generation: int | None = None, *, uploads_known: bool = True
) -> EntryStatus:
    """What the command finds."""
    return entry_status(
        entry,
        generation,
        results=deployment.results,
        leases=deployment.leases,
        recordings=deployment.recordings if uploads_known else None,
        clock=deployment.clock,
    )


def stage_of(status: EntryStatus, stage: StageName) -> StageStatus:
    """One of the four."""
    return next(each for each in status.stages if each.stage == stage)


@pytest.mark.parametrize("entry", ["mia/day", ENTRY])
@pytest.mark.parametrize("uploads_known", [True, False])
def test_a_finished_entry_says_by_whom_and_when(deployment: Deployment, entry: str, uploads_known: bool) -> None:
    """Under its own name or the upload's, with or without a look at the uploads."""
    ref = deployment.store_entry()

    status = status_of(deployment, entry, uploads_known=uploads_known)

    assert (status.recording, status.state, status.superseded) == (ref, "done", False)
    assert {stage.state for stage in status.stages} == {"done"}
    assert stage_of(status, "transcription").object == transcript_name(ref)
    assert stage_of(status, "emotion").made_by == MADE_BY
    assert stage_of(status, "insights").degraded is False
    assert all(stage.since for stage in status.stages)


def test_an_upload_that_nobody_has_begun_waits(deployment: Deployment) -> None:
    """Each stage says for what."""
    deployment.upload(ENTRY, b"text")

    status = status_of(deployment)

    assert status.state == "in progress"
    assert [(stage.state, stage.waits_for) for stage in status.stages] == [
        ("waiting", "the delivery of the notification about the upload"),
        ("waiting", "transcription"),
        ("waiting", "transcription"),
        ("waiting", "emotion and summarization"),
    ]


@pytest.mark.parametrize("uploads_known", [True, False])
def test_a_stage_at_work_says_since_when_and_at_which_attempt(deployment: Deployment, uploads_known: bool) -> None:
    """Even where nothing but a lease tells of the entry."""
    ref = deployment.upload(ENTRY, b"text")
    leases = Leases(deployment.leases, deployment.clock, duration_s=600)
    leases.claim(lease_name("transcription", ref), owner="ann")
    deployment.clock.advance(600)
    leases.claim(lease_name("transcription", ref), owner="ben")

    status = status_of(deployment, uploads_known=uploads_known)

    stage = stage_of(status, "transcription")
    assert (status.state, stage.state, stage.owner, stage.attempt) == ("in progress", "at work", "ben", 2)
    assert (stage.since, stage.until) == ("2026-09-21T14:23:20.000Z", "2026-09-21T14:33:20.000Z")


@pytest.mark.parametrize("uploads_known", [True, False])
def test_a_recording_that_was_handed_over_says_since_when_and_how_far_it_is(*, uploads_known: bool) -> None:
    """The function has given its lease back, and the job goes on with the windows."""
    deployment = Deployment(jobs=RememberedJobs())
    ref = handed_over(deployment)
    deployment.clock.advance(60)
    place = TaskPlace(execution="first", index=0, count=3, attempt=0, max_retries=3)
    deployment.transcription_task().run(ref, place)

    status = status_of(deployment, uploads_known=uploads_known)

    stage = stage_of(status, "transcription")
    assert (status.state, stage.state, stage.since) == ("in progress", "at work", "2026-09-21T14:13:20.000Z")
    assert (stage.windows_done, stage.windows) == (3, 9)


def test_a_job_that_does_nothing_waits_for_another_delivery() -> None:
    """Tasks that never start write nothing themselves: no image, no quota."""
    deployment = Deployment(jobs=RememberedJobs())
    handed_over(deployment)
    deployment.clock.advance(STALLED_S + 1)

    stage = stage_of(status_of(deployment), "transcription")

    assert (stage.state, stage.windows_done) == ("waiting", 0)
    assert stage.waits_for == "another delivery, which starts the job again: it has done nothing for so long"


def handed_over(deployment: Deployment) -> RecordingRef:
    """A recording of nine windows, longer than the function's budget allows."""
    ref = deployment.upload("mia/day.wav", "\n".join(f"line {number}" for number in range(9)).encode())
    assert deployment.transcription().handle(notification(ref)) == Outcome("handed_over")
    return ref


def test_a_lease_that_ran_out_waits_for_the_next_delivery(deployment: Deployment) -> None:
    """Its worker is gone."""
    ref = deployment.upload(ENTRY, b"text")
    deployment.hold_lease("transcription", ref)
    deployment.clock.advance(600)

    stage = stage_of(status_of(deployment), "transcription")

    assert stage.state == "waiting"
    assert "another delivery" in (stage.waits_for or "")


def test_a_recording_that_failed_says_why_and_what_to_do(deployment: Deployment) -> None:
    """And that nothing follows."""
    deployment.store_entry("mia/day.txt", b"caf\xe9")

    status = status_of(deployment)

    stage = stage_of(status, "transcription")
    assert (status.state, stage.state, stage.code) == ("failed", "failed", "text_not_utf8")
    assert stage.reason
    assert stage.advice
    assert stage_of(status, "emotion").waits_for == "nothing: without a transcript there is nothing to do"


def test_a_degraded_insight_is_done_and_says_what_is_missing(deployment: Deployment) -> None:
    """The stage that failed stands beside it."""
    deployment.reader.failure = AudioHeardAsNoise("no")
    ref = deployment.store_entry()

    status = status_of(deployment)

    assert status.state == "done"
    assert stage_of(status, "insights").degraded is True
    emotion = stage_of(status, "emotion")
    assert (emotion.state, emotion.code, emotion.object) == ("failed", "heard_as_noise", failure_name("emotion", ref))


def test_an_interrupted_retry_is_told(deployment: Deployment) -> None:
    """Nothing will happen until somebody ends it."""
    ref = deployment.store_entry("mia/day.txt", b"caf\xe9")
    name = failure_name("transcription", ref)
    deployment.results.put(name.replace("failures/", "retries/", 1), deployment.results.content(name))
    info = deployment.results.stat(name)
    assert info is not None
    deployment.results.delete(name, generation=info.generation)

    stage = stage_of(status_of(deployment), "transcription")

    assert "samo failures retry" in (stage.waits_for or "")


def test_the_newest_upload_is_shown_and_the_others_are_named(deployment: Deployment) -> None:
    """Each has results of its own; an older one can be asked for."""
    old, new = deployment.store_entry(), deployment.store_entry()

    status = status_of(deployment)
    earlier = status_of(deployment, generation=old.generation)

    assert (status.recording, status.superseded, status.other_generations) == (new, False, (old.generation,))
    assert (earlier.recording, earlier.superseded, earlier.state) == (old, True, "done")


def test_a_name_that_has_no_entry_is_found(deployment: Deployment) -> None:
    """A photo has no result, and a failure record says so."""
    deployment.store_entry("mia/photo.png", b"png")

    status = status_of(deployment, "mia/photo.png")

    assert (status.state, stage_of(status, "transcription").code) == ("failed", "recording_type_unknown")


def test_an_entry_with_a_longer_name_is_another_one(deployment: Deployment) -> None:
    """`mia/day` is not `mia/day two`."""
    deployment.store_entry("mia/day two.txt")

    with pytest.raises(EntryUnknown, match="mia/day"):
        status_of(deployment)


def test_an_unknown_generation_is_told_with_those_that_there_are(deployment: Deployment) -> None:
    """So that the right one can be given."""
    ref = deployment.store_entry()

    with pytest.raises(EntryUnknown, match=str(ref.generation)):
        status_of(deployment, generation=99)


def test_a_result_that_cannot_be_read_is_told(deployment: Deployment) -> None:
    """Somebody has written over it."""
    ref = deployment.store_entry()
    deployment.results.put(insight_name(ref), b"{}")

    assert stage_of(status_of(deployment), "insights").code == "document_invalid"


def test_a_record_of_an_earlier_lease_is_read(deployment: Deployment) -> None:
    """It did not say since when."""
    ref = deployment.upload(ENTRY, b"text")
    until = deployment.clock.now_s() + 1
    deployment.leases.put(lease_name("transcription", ref), f'{{"owner": "ann", "expires_at_s": {until}}}'.encode())

    stage = stage_of(status_of(deployment), "transcription")

    assert (stage.state, stage.since, stage.attempt) == ("at work", None, 1)
