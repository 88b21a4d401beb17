"""Long recordings: window by window, handed over to the job by budget, finished whoever dies and in whatever order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from samo.domain.documents import decode, encode
from samo.domain.errors import (
    AudioDamaged,
    JobNotLaunched,
    LeaseHeld,
    ModelUnavailable,
    PublishFailed,
    StoreUnavailable,
)
from samo.domain.events import TranscriptReady
from samo.domain.names import checkpoints_prefix, failure_name, hand_over_name, part_name, plan_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.leases import LeaseDocument
from samo.stages.effect import Outcome
from samo.stages.hand_over import STALLED_S
from samo.stages.pace import Pace
from samo.stages.transcription_job import TROUBLE_S, TaskPlace
from tests.fakes.engines import HearingTranscriber
from tests.fakes.jobs import RememberedJobs
from tests.fakes.object_store import Request
from tests.unit.effect_workers import Crash
from tests.unit.stages.given_stages import MAX_TASKS, World, notification

LINES = [f"line {number}" for number in range(9)]
LONG = "\n".join(LINES).encode()


@pytest.fixture
def world() -> World:
    """An engine that takes a minute for each window of five."""
    world = World(jobs=RememberedJobs())
    world.transcriber = HearingTranscriber(work_s=60.0, clock=world.clock)
    return world


@pytest.fixture
def ref(world: World) -> RecordingRef:
    """A recording of nine windows: 45 minutes of speech."""
    return world.upload("mia/day.wav", LONG)


def place(index: int = 0, count: int = 1, *, attempt: int = 0, execution: str = "first", retries: int = 3) -> TaskPlace:
    """A task of an execution."""
    return TaskPlace(execution=execution, index=index, count=count, attempt=attempt, max_retries=retries)


def transcript_of(world: World, ref: RecordingRef) -> Transcript:
    """The stored transcript."""
    return decode(world.results.content(transcript_name(ref)), Transcript)


def assert_whole(world: World, ref: RecordingRef) -> None:
    """All lines once and in order, told of, and nothing left of the way there."""
    assert transcript_of(world, ref).text.splitlines() == LINES
    assert TranscriptReady(recording=ref, object=world.live_pointer(transcript_name(ref))) in world.topic.events
    assert world.leases.names == []


def start_the_job(world: World, ref: RecordingRef, tasks: int) -> list[Outcome]:
    """All tasks, one after the other."""
    return [world.transcription_task().run(ref, place(index, tasks)) for index in range(tasks)]


# In the function, window by window.


def test_a_single_window_is_kept_nowhere(world: World) -> None:
    """A short clip costs no write besides its lease, its transcript and its subtitles."""
    ref = world.upload("mia/day.wav", b"one line")

    assert world.transcription().handle(notification(ref)) == Outcome("committed")

    written = [request.operation for request in world.leases.requests if request.operation not in ("stat", "read")]
    assert written == ["create", "delete"]


def test_within_the_budget_the_function_does_it(world: World) -> None:
    """Three windows of a minute need no job, and leave no checkpoints."""
    ref = world.upload("mia/day.wav", b"one\ntwo\nthree")

    assert world.transcription().handle(notification(ref)) == Outcome("committed")

    assert transcript_of(world, ref).text == "one\ntwo\nthree"
    assert world.jobs is not None
    assert world.jobs.launched == []
    assert world.leases.names == []


@pytest.mark.parametrize("killed_at", range(9))
def test_a_killed_function_goes_on_at_its_last_window(world: World, ref: RecordingRef, killed_at: int) -> None:
    """Without a job: what was heard before is not heard again, whichever window it was killed in."""
    world.jobs = None

    def kill(number: int) -> None:
        if number == killed_at:
            raise Crash

    world.transcriber.before_window = kill
    with pytest.raises(Crash):
        world.transcription().handle(notification(ref))
    world.transcriber.before_window = lambda _number: None

    assert world.transcription().handle(notification(ref)) == Outcome("committed")

    assert world.transcriber.windows == list(range(9))
    assert len(world.transcriber.heard) == 1
    assert_whole(world, ref)


def test_checkpoints_that_cannot_be_read_are_made_again(world: World, ref: RecordingRef) -> None:
    """Of another version of this package, or spoilt: the recording is transcribed from its start."""
    world.jobs = None
    world.leases.put(plan_name(ref), b'{"schema_version": 99}')
    world.leases.put(part_name(ref, 3), b"{")

    assert world.transcription().handle(notification(ref)) == Outcome("committed")

    assert_whole(world, ref)


def test_a_failure_leaves_no_checkpoints(world: World, ref: RecordingRef) -> None:
    """Replaced while it was transcribed: what was heard of it is deleted with the lease."""
    world.jobs = None

    def kill(number: int) -> None:
        if number == 2:
            raise Crash

    world.transcriber.before_window = kill
    with pytest.raises(Crash):
        world.transcription().handle(notification(ref))
    assert part_name(ref, 1) in world.leases.names
    world.upload(ref.name, b"another")

    assert world.transcription().handle(notification(ref)) == Outcome("failed", "recording_superseded")

    assert world.leases.names == []


# Handing over.


def test_beyond_the_budget_the_job_is_started(world: World, ref: RecordingRef) -> None:
    """Nine windows at the first guess of 0.3 are 13 minutes: the job gets a task for each quarter of an hour."""
    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("handed_over")
    assert world.jobs is not None
    assert world.jobs.launched == [(ref, 3)]
    assert world.transcriber.windows == []
    assert world.leases.names == sorted([hand_over_name(ref), plan_name(ref)])
    assert world.results.names == []


def test_there_are_no_more_tasks_than_allowed(world: World) -> None:
    """However long it is."""
    ref = world.upload("mia/day.wav", b"\n".join([b"x"] * 400))

    world.transcription().handle(notification(ref))

    assert world.jobs is not None
    assert world.jobs.launched == [(ref, MAX_TASKS)]


def test_an_instance_that_has_proved_fast_does_it_itself(world: World, ref: RecordingRef) -> None:
    """The estimate is what was measured: at a hundredth of real time, 45 minutes fit."""
    world.transcriber.work_s = 3.0
    world.pace = Pace(0.01)

    assert world.transcription().handle(notification(ref)) == Outcome("committed")
    assert_whole(world, ref)


def test_an_instance_that_proves_slow_hands_the_rest_over(world: World, ref: RecordingRef) -> None:
    """What it has done by then stays done."""
    world.pace = Pace(0.1)
    world.transcriber.work_s = 200.0

    assert world.transcription().handle(notification(ref)) == Outcome("handed_over")
    heard_here = list(world.transcriber.windows)
    assert 0 < len(heard_here) < 9
    start_the_job(world, ref, 2)

    assert sorted(world.transcriber.windows) == list(range(9))
    assert_whole(world, ref)


def test_a_recording_that_takes_too_long_to_look_at_is_handed_over_without_a_plan(
    world: World, ref: RecordingRef
) -> None:
    """A day of audio is not even planned within the function's time: the first task does it."""
    spoken = world.transcription(planning_s=0.0)

    assert spoken.handle(notification(ref)) == Outcome("handed_over")
    assert world.jobs is not None
    assert world.jobs.launched == [(ref, MAX_TASKS)]
    start_the_job(world, ref, MAX_TASKS)

    assert_whole(world, ref)


def test_a_launch_that_fails_comes_again(world: World, ref: RecordingRef) -> None:
    """Nothing says that a job is at work when none is; the plan is kept."""
    assert world.jobs is not None
    world.jobs.reachable = False
    with pytest.raises(JobNotLaunched):
        world.transcription().handle(notification(ref))
    assert world.leases.names == [plan_name(ref)]

    world.jobs.reachable = True
    assert world.transcription().handle(notification(ref)) == Outcome("handed_over")

    assert len(world.transcriber.heard) == 1


def test_a_lost_reply_starts_the_job_twice_and_nothing_is_heard_twice(world: World, ref: RecordingRef) -> None:
    """Both executions are about the same windows; each is transcribed once."""
    assert world.jobs is not None
    world.jobs.reply_lost = True
    with pytest.raises(JobNotLaunched):
        world.transcription().handle(notification(ref))
    world.jobs.reply_lost = False
    world.transcription().handle(notification(ref))
    assert len(world.jobs.launched) == 2

    for execution in ("first", "second"):
        for index in range(3):
            world.transcription_task().run(ref, place(index, 3, execution=execution))

    assert sorted(world.transcriber.windows) == list(range(9))
    assert_whole(world, ref)


def test_an_event_that_comes_again_leaves_the_job_alone(world: World, ref: RecordingRef) -> None:
    """Neither started twice nor planned twice, and the recording is not even downloaded."""
    world.transcription().handle(notification(ref))
    world.clock.advance(STALLED_S - 1)

    assert world.transcription().handle(notification(ref)) == Outcome("handed_over")

    assert world.jobs is not None
    assert len(world.jobs.launched) == 1
    assert len(world.transcriber.heard) == 1


def test_a_job_that_came_to_nothing_is_started_again(world: World, ref: RecordingRef) -> None:
    """No window for half an hour: whoever sends the event again gets a new execution, of the same size."""
    world.transcription().handle(notification(ref))
    world.clock.advance(STALLED_S + 1)

    assert world.transcription().handle(notification(ref)) == Outcome("handed_over")

    assert world.jobs is not None
    assert world.jobs.launched == [(ref, 3), (ref, 3)]


def test_a_job_that_goes_on_is_not_started_again(world: World, ref: RecordingRef) -> None:
    """However long ago it was started: windows have been added since somebody looked."""
    world.transcription().handle(notification(ref))
    world.transcription_task().run(ref, place(0, 3))
    world.clock.advance(STALLED_S + 1)

    assert world.transcription().handle(notification(ref)) == Outcome("handed_over")
    world.clock.advance(STALLED_S - 1)
    assert world.transcription().handle(notification(ref)) == Outcome("handed_over")

    assert world.jobs is not None
    assert len(world.jobs.launched) == 1


def test_an_event_after_the_job_announces_the_transcript(world: World, ref: RecordingRef) -> None:
    """As for every other recording."""
    world.transcription().handle(notification(ref))
    start_the_job(world, ref, 3)

    assert world.transcription().handle(notification(ref)) == Outcome("replayed")
    assert_whole(world, ref)


# The job.


@pytest.mark.parametrize("tasks", [1, 2, 3, 4, 9, 20])
def test_the_transcript_does_not_depend_on_the_number_of_tasks(world: World, ref: RecordingRef, tasks: int) -> None:
    """Each window once, and whoever is last merges."""
    outcomes = start_the_job(world, ref, tasks)

    assert outcomes.count(Outcome("committed")) == 1
    assert sorted(world.transcriber.windows) == list(range(9))
    assert len(world.topic.events) == 1
    assert_whole(world, ref)


def test_the_last_to_finish_merges_whatever_its_number(world: World, ref: RecordingRef) -> None:
    """By what exists, not by index."""
    outcomes = {index: world.transcription_task().run(ref, place(index, 3)) for index in (2, 0, 1)}

    assert outcomes == {2: Outcome("waiting"), 0: Outcome("waiting"), 1: Outcome("committed")}


def test_a_task_that_is_repeated_does_nothing_again(world: World, ref: RecordingRef) -> None:
    """Its windows have parts; after the end there is nothing to do at all."""
    world.transcription_task().run(ref, place(0, 3))
    heard = list(world.transcriber.windows)

    assert world.transcription_task().run(ref, place(0, 3)) == Outcome("waiting")
    assert world.transcriber.windows == heard
    start_the_job(world, ref, 3)
    assert world.transcription_task().run(ref, place(0, 3)) == Outcome("replayed")

    assert sorted(world.transcriber.windows) == list(range(9))
    assert len(world.topic.events) == 1


def test_a_second_execution_leaves_alone_what_the_first_is_at(world: World, ref: RecordingRef) -> None:
    """Started in the middle of a window of the first, it does the other windows and waits for that one."""
    second: list[Outcome | None] = []

    def start_second(number: int) -> None:
        if number == 2 and not second:
            second.append(None)
            world.transcriber.before_window = lambda _number: None
            with pytest.raises(LeaseHeld):
                world.transcription_task(patience_s=0.0).run(ref, place(execution="second"))

    world.transcriber.before_window = start_second

    assert world.transcription_task().run(ref, place()) == Outcome("committed")

    assert sorted(world.transcriber.windows) == list(range(9))
    assert_whole(world, ref)


def test_a_window_whose_worker_died_for_good_is_taken_over(world: World, ref: RecordingRef) -> None:
    """The lease runs out while another execution waits for it."""
    held = LeaseDocument(owner="gone/0", expires_at_s=world.clock.now_s() + 900)
    world.leases.put(f"{checkpoints_prefix(ref)}window-00004.lease", encode(held))

    assert world.transcription_task().run(ref, place()) == Outcome("committed")

    assert_whole(world, ref)


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_random_the_transcript_is_the_same(seed: int) -> None:
    """Four tasks that die before or after any call to a store, and in any window, and are started again."""
    chance = random.Random(seed)
    undisturbed, world = World(), World()
    expected_ref = undisturbed.upload("mia/day.wav", LONG)
    start_the_job(undisturbed, expected_ref, 4)
    ref = world.upload("mia/day.wav", LONG)
    kills = 0

    def perhaps(_request: object) -> None:
        nonlocal kills
        if kills < 20 and chance.random() < 0.05:
            kills += 1
            raise Crash

    for store in (world.leases, world.results):
        store.before = perhaps
    world.transcriber.before_window = perhaps
    waiting = [(index, attempt) for index in range(4) for attempt in (0,)]
    while waiting:
        index, attempt = waiting.pop(chance.randrange(len(waiting)))
        try:
            world.transcription_task().run(ref, place(index, 4, attempt=attempt, retries=99))
        except Crash:
            waiting.append((index, attempt + 1))

    for store in (world.leases, world.results):
        store.before = None
    assert transcript_of(world, ref).text == transcript_of(undisturbed, expected_ref).text
    again = max(world.transcriber.windows.count(number) for number in range(9))
    assert again <= 1 + kills
    assert len(world.transcriber.windows) <= 9 + kills
    assert {event.object.name for event in world.topic.events} == {transcript_name(ref)}


def test_a_failure_of_the_recording_is_recorded_as_by_the_function(world: World, ref: RecordingRef) -> None:
    """The first task that looks at it says so; the others find the record."""
    world.transcriber.failure = AudioDamaged("1.0 s could be decoded of 5000.0 s")

    outcomes = start_the_job(world, ref, 3)

    assert outcomes == [Outcome("failed", "audio_damaged"), Outcome("replayed"), Outcome("replayed")]
    assert world.failure("transcription", ref).reason == "1.0 s could be decoded of 5000.0 s"
    assert world.leases.names == []


def test_a_recording_replaced_meanwhile_is_given_up_at_the_next_window(world: World, ref: RecordingRef) -> None:
    """Nobody wants to hear the rest."""

    def overwrite(number: int) -> None:
        if number == 2:
            world.upload(ref.name, b"another")

    world.transcriber.before_window = overwrite

    assert world.transcription_task().run(ref, place()) == Outcome("failed", "recording_superseded")

    assert world.transcriber.windows == [0, 1, 2]
    assert world.leases.names == []


def test_a_name_that_no_transcript_can_have_is_recorded(world: World) -> None:
    """As by the function."""
    ref = world.upload("nobody.wav", LONG)

    assert world.transcription_task().run(ref, place()) == Outcome("failed", "recording_name_invalid")


def test_an_outage_is_waited_out(world: World, ref: RecordingRef) -> None:
    """Cloud Run starts attempts one right after the other: a short outage must not use them up."""
    until_s = world.clock.now_s() + 120

    def unreachable(request: Request) -> None:
        if world.clock.now_s() < until_s:
            raise StoreUnavailable("no answer")

    world.results.before = unreachable

    assert world.transcription_task().run(ref, place()) == Outcome("committed")


def test_a_model_that_stays_away_ends_the_attempt(world: World, ref: RecordingRef) -> None:
    """The next attempt tries again; nothing is recorded before the last."""
    world.transcriber.failure = ModelUnavailable("nothing is published")

    with pytest.raises(ModelUnavailable):
        world.transcription_task().run(ref, place())

    assert world.results.names == []


def test_the_last_attempt_records_what_killed_the_others(world: World, ref: RecordingRef) -> None:
    """It hears nothing, so that what killed the others cannot kill it."""
    world.transcription_task().run(ref, place(0, 3))
    heard = list(world.transcriber.windows)

    outcome = world.transcription_task().run(ref, place(1, 3, attempt=3))

    assert outcome == Outcome("failed", "job_failed")
    assert world.failure("transcription", ref).reason == "task 1 of 3 ended 3 times early; 3 of 9 windows done"
    assert world.transcriber.windows == heard
    assert world.leases.names == []


def test_the_last_attempt_merges_what_is_complete(world: World, ref: RecordingRef) -> None:
    """Killed while it merged: everything is there, and nothing need be heard."""
    for index in range(2):
        world.transcription_task().run(ref, place(index, 3))

    def kill(request: Request) -> None:
        if request.name == transcript_name(ref) and request.operation == "create":
            raise Crash

    world.results.before = kill
    with pytest.raises(Crash):
        world.transcription_task().run(ref, place(2, 3))
    world.results.before = None
    heard = list(world.transcriber.windows)

    outcome = world.transcription_task().run(ref, place(2, 3, attempt=3))

    assert outcome == Outcome("committed")
    assert world.transcriber.windows == heard
    assert_whole(world, ref)


@pytest.mark.parametrize("outage_s", [60.0, 3600.0])
def test_a_transcript_that_could_not_be_announced_is_announced(
    world: World, ref: RecordingRef, outage_s: float
) -> None:
    """The topic is out of reach when the merged transcript is committed: by the same attempt, or by the next."""
    back_s = world.clock.now_s() + outage_s + 9 * world.transcriber.work_s
    world.topic.reachable = False

    def wait(seconds: float) -> None:
        world.clock.advance(seconds)
        world.topic.reachable = world.clock.now_s() > back_s

    task = world.transcription_task(wait=wait)
    if outage_s > TROUBLE_S:
        with pytest.raises(PublishFailed):
            task.run(ref, place())
        world.topic.reachable = True
        assert world.transcription_task().run(ref, place(attempt=1)) == Outcome("replayed")
    else:
        assert task.run(ref, place()) == Outcome("replayed")

    assert_whole(world, ref)


def test_a_job_without_retries_records_what_it_raises(world: World, ref: RecordingRef) -> None:
    """Nobody comes after it."""
    world.transcriber.failure = RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        world.transcription_task().run(ref, place(retries=0))

    assert world.failure("transcription", ref).code == "job_failed"


def test_a_result_wins_over_the_failure_of_a_job(world: World, ref: RecordingRef) -> None:
    """A second execution finished what the last attempt of the first would have recorded as failed."""
    start_the_job(world, ref, 2)

    outcome = world.transcription_task().run(ref, place(1, 3, attempt=3, execution="second"))

    assert outcome == Outcome("replayed")
    assert failure_name("transcription", ref) not in world.results.names


@pytest.fixture(autouse=True)
def _temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies of recordings are made in the test's own folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
