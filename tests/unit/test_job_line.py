"""The line of a job's task: what the function's says, and which task it was and how far all of them are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from samo.domain.errors import AudioDamaged, ModelUnavailable
from samo.domain.recording import RecordingRef
from samo.job import Job, run_task
from samo.stages.transcription_job import TaskPlace
from tests.fakes.engines import HearingTranscriber
from tests.unit.log_lines import fresh_log, lines_on_stderr
from tests.unit.stages.given_stages import World

LINES = "\n".join(f"line {number}" for number in range(5)).encode()


@pytest.fixture
def world() -> World:
    """An engine that hears a line in each window."""
    world = World()
    world.transcriber = HearingTranscriber(work_s=60.0, clock=world.clock)
    return world


@pytest.fixture
def ref(world: World) -> RecordingRef:
    """A recording of five windows."""
    return world.upload("mia/day.wav", LINES)


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    """Logging as a new process finds it."""
    with fresh_log():
        yield


def run(world: World, ref: RecordingRef, index: int = 0, count: int = 1, *, attempt: int = 0) -> int:
    """One task as a process would run it; the exit status."""
    place = TaskPlace(execution="samo-x7", index=index, count=count, attempt=attempt, max_retries=3)
    return run_task(lambda _environ: Job(world.transcription_task(), ref, place), {})


def test_a_task_says_which_one_it_was_and_how_many_windows_are_done(
    world: World, ref: RecordingRef, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first of two has done its three of five; the second sees all of them, and commits."""
    assert run(world, ref, 0, 2) == 0
    [first] = lines_on_stderr(capsys)
    assert run(world, ref, 1, 2, attempt=1) == 0
    [second] = lines_on_stderr(capsys)

    assert first.pop("elapsed_ms") >= 0
    assert first == {
        "severity": "INFO",
        "message": "transcription waiting",
        "stage": "transcription",
        "message_id": "samo-x7/0/0",
        "attempt": 1,
        "task": 0,
        "windows": 5,
        "windows_done": 3,
        "object": ref.name,
        "generation": ref.generation,
        "outcome": "waiting",
    }
    assert (second["task"], second["attempt"], second["windows_done"]) == (1, 2, 5)
    assert (second["outcome"], second["engine"]) == ("committed", "fake")


def test_a_permanent_failure_is_named(world: World, ref: RecordingRef, capsys: pytest.CaptureFixture[str]) -> None:
    """By its code; the task is done with it."""
    world.transcriber.failure = AudioDamaged("3 of 10 seconds can be decoded")

    assert run(world, ref) == 0

    [line] = lines_on_stderr(capsys)
    assert (line["outcome"], line["error"]) == ("failed", "audio_damaged")


def test_what_another_attempt_may_mend_is_named_too(
    world: World, ref: RecordingRef, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the status that starts the task again, and without a word of the exception in the line with the frames."""
    world.transcriber.failure = ModelUnavailable("no model can be loaded")

    assert run(world, ref) == 1

    *_, line = lines_on_stderr(capsys)
    assert (line["outcome"], line["error"], line["task"]) == ("retry", "model_unavailable", 0)


def test_the_attempt_that_buries_says_how_far_the_others_came(
    world: World, ref: RecordingRef, capsys: pytest.CaptureFixture[str]
) -> None:
    """`job_failed`, and the exit status that somebody is told of."""
    run(world, ref, 0, 2)
    lines_on_stderr(capsys)

    assert run(world, ref, 1, 2, attempt=3) == 1

    [line] = lines_on_stderr(capsys)
    assert (line["outcome"], line["error"], line["windows_done"], line["windows"]) == ("failed", "job_failed", 3, 5)
