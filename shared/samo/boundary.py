"""The only place where an exception becomes ack, 503 or 500.

| raised | answer | then |
|---|---|---|
| nothing | 200 | acked |
| `PermanentError` | 200 | recorded under `rejected-events/`, acked |
| (a body beyond `MAX_BODY_BYTES`) | 413 | never read; no event has it, and Pub/Sub cannot send it |
| `TransientError` (a held lease, a store or model out of reach) | 503 | redelivered with backoff |
| anything else | 500 | redelivered; the dead-letter policy bounds it |

A permanent error of a recording does not arrive here: its stage records it under `failures/` and says "failed". What
arrives is an event that leads to no recording.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from typing import Protocol

import msgspec
from flask import current_app, has_app_context, has_request_context, request
from werkzeug.exceptions import InternalServerError, ServiceUnavailable

from samo.canonical_log import log_event, setup_logging
from samo.delivery_notes import taking_notes
from samo.domain.errors import PermanentError, TransientError
from samo.heaps import bound_heaps, now_and_then, trim_heaps
from samo.messages import CloudEventLike, Message, read_cloud_event
from samo.settings import SettingsError
from samo.stages.effect import EffectRunner, Outcome
from samo.termination import GRACE_S, after_sigterm
from samo.tracing import traced

MAX_BODY_BYTES = 32 * 1024 * 1024
"""What Cloud Run lets through. A Pub/Sub message of the largest size, 10 MB, has 14 MB as the body of a push."""

_logger = logging.getLogger("samo")


class Stage(Protocol):
    """What the boundary calls: one of the four stages."""

    runner: EffectRunner

    def handle(self, message: Message) -> Outcome:
        """Bring the message's effect about. Raises `PermanentError` for an event without a recording."""


def deliver(stage: Stage, message: Message, *, cold_start: bool = False) -> Outcome:
    """Hand one message to a stage and write its canonical log line. Raises `TransientError` and whatever is unknown."""
    started = time.monotonic()

    def log(ended: Outcome | BaseException) -> None:
        elapsed_s = time.monotonic() - started
        log_event(stage.runner.stage, message, ended, elapsed_s, cold_start=cold_start, notes=notes)

    with traced(message.traceparent), taking_notes() as notes:
        try:
            try:
                outcome = stage.handle(message)
            except PermanentError as error:
                outcome = stage.runner.reject_event(message.id, error)
        except BaseException as error:
            log(error)
            raise
        log(outcome)
        return outcome


def entry_point(build_stage: Callable[[], Stage], *, grace_s: float = GRACE_S) -> Callable[[CloudEventLike], None]:
    """The handler that functions-framework serves.

    The stage is built on the first event, not at import: the server forks after loading the function, and clients
    and models must not cross a fork. A stage that could not be built is tried again at the next event.
    What is still at work `grace_s` after SIGTERM gives its lease back, so that the redelivery need not wait for it.
    """
    if has_app_context():  # the server's, which loads this function and reads bodies before it calls the handler
        current_app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    bound_heaps()  # before the server has threads
    trim = now_and_then(trim_heaps)
    lock = threading.Lock()
    stage: Stage | None = None

    def handle(event: CloudEventLike) -> None:
        nonlocal stage
        try:
            with lock:
                cold_start = stage is None
                if stage is None:
                    setup_logging()
                    stage = build_stage()
                    after_sigterm(stage.runner.give_up, grace_s=grace_s)
            message = msgspec.structs.replace(read_cloud_event(event), attempt=_attempt())
            deliver(stage, message, cold_start=cold_start)
        except TransientError as error:
            if stage is None:  # there was no delivery that could have been logged
                _logger.warning("not ready: %s", error, extra={"fields": {"error": error.code}})
            raise ServiceUnavailable(error.code) from None
        except SettingsError as error:
            # Speaks of variables alone, and whoever deployed this needs the whole list.
            _logger.error("%s", error)  # noqa: TRY400 - a traceback would say nothing more
            raise InternalServerError(type(error).__name__) from None
        except Exception as error:  # noqa: BLE001 - the outermost frame
            # Frames without messages: a library's message may quote what a person said.
            frames = traceback.extract_tb(error.__traceback__)
            where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            fields = {"fields": {"frames": where}}
            _logger.error("unexpected %s", type(error).__name__, extra=fields)  # noqa: TRY400 - see above
            raise InternalServerError(type(error).__name__) from None
        finally:
            trim()

    return handle


def _attempt() -> int | None:
    # In the body of a push beside the message, where functions-framework leaves it out of the event.
    body = request.get_json(silent=True) if has_request_context() else None
    attempt = body.get("deliveryAttempt") if isinstance(body, dict) else None
    return attempt if isinstance(attempt, int) and not isinstance(attempt, bool) else None
