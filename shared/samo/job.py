"""The boundary of a job: its task's place from Cloud Run's variables, and the exit status from how it ended.

| ended | exit status | then |
|---|---|---|
| transcript, replay, its share done, a failure record | 0 | the task is done |
| `job_failed` | 1 | recorded; the execution counts as failed, and somebody is told |
| `TransientError`, anything unknown | 1 | Cloud Run starts the task again, `max_retries` times |
| settings that describe no job | 2 | as above, and the log says which |
"""

from __future__ import annotations

import json
import logging
import os
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from samo.canonical_log import log_event, setup_logging
from samo.delivery_notes import taking_notes
from samo.domain.errors import JobFailed
from samo.domain.recording import RecordingRef
from samo.messages import Message
from samo.settings import SettingsError
from samo.stages.effect import Outcome
from samo.stages.transcription_job import TaskPlace, TranscriptionTask

_logger = logging.getLogger("samo")


class Job(NamedTuple):
    """One task of a job, and what it is about."""

    task: TranscriptionTask
    recording: RecordingRef
    place: TaskPlace


def task_place(environ: Mapping[str, str], *, max_retries: int) -> TaskPlace:
    """Where this task stands, from what Cloud Run sets; started by hand it is the only one. Raises `SettingsError`."""
    numbers = {}
    for name, default in (("INDEX", 0), ("COUNT", 1), ("ATTEMPT", 0)):
        variable = f"CLOUD_RUN_TASK_{name}"
        try:
            numbers[name] = msgspec.convert(environ.get(variable, str(default)), int, strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(f"{variable}: {error}") from None
    if not 0 <= numbers["INDEX"] < numbers["COUNT"]:
        raise SettingsError(f"there is no task {numbers['INDEX']} of {numbers['COUNT']}")
    return TaskPlace(
        execution=environ.get("CLOUD_RUN_EXECUTION") or uuid.uuid4().hex,
        index=numbers["INDEX"],
        count=numbers["COUNT"],
        attempt=numbers["ATTEMPT"],
        max_retries=max_retries,
    )


def run_task(build: Callable[[Mapping[str, str]], Job], environ: Mapping[str, str] = os.environ) -> int:
    """Run one task of a job, write its canonical log line, and say with which status the process should end."""
    setup_logging()
    started = time.monotonic()
    try:
        job = build(environ)
    except SettingsError as error:
        # Speaks of variables alone, and whoever deployed this needs the whole list.
        _logger.error("%s", error)  # noqa: TRY400 - a traceback would say nothing more
        return 2
    subject = {"name": job.recording.name, "generation": str(job.recording.generation)}
    message = Message(
        id=f"{job.place.name}/{job.place.attempt}", data=json.dumps(subject).encode(), attempt=job.place.attempt + 1
    )
    ended: Outcome | BaseException
    with taking_notes() as notes:
        try:
            ended = job.task.run(job.recording, job.place)
        except Exception as error:  # noqa: BLE001 - the outermost frame
            ended = error
            # Frames without messages: a library's message may quote what a person said.
            frames = traceback.extract_tb(error.__traceback__)
            where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            _logger.error("task ended by %s", type(error).__name__, extra={"fields": {"frames": where}})  # noqa: TRY400
    elapsed_s = time.monotonic() - started
    log_event(job.task.runner.stage, message, ended, elapsed_s, notes=notes, task=job.place.index)
    return 0 if isinstance(ended, Outcome) and ended.code != JobFailed.code else 1
