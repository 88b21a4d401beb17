"""Logs: one canonical line for each delivery, as JSON that Cloud Logging understands; never a user's words."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from samo.delivery_notes import DeliveryNotes
from samo.domain.errors import SamoError
from samo.messages import Message
from samo.stages.effect import Outcome
from samo.tracing import current_traceparent

_logger = logging.getLogger("samo")


class JsonFormatter(logging.Formatter):
    """One JSON object per line: `severity`, `message` and the fields given as `extra={"fields": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line. Exceptions are left out: their messages may quote a document."""
        line: dict[str, Any] = {"severity": record.levelname, "message": record.getMessage()}
        if (traceparent := current_traceparent()) is not None:
            line["traceparent"] = traceparent
        line.update(getattr(record, "fields", {}))
        return json.dumps(line, ensure_ascii=False)


def setup_logging(level: int = logging.INFO) -> None:
    """Send the `samo` logger to stderr as JSON lines. Safe to call again."""
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        _logger.addHandler(handler)
    _logger.setLevel(level)
    _logger.propagate = False


def log_event(
    stage: str,
    message: Message,
    ended: Outcome | BaseException,
    elapsed_s: float,
    *,
    cold_start: bool | None = None,
    notes: DeliveryNotes | None = None,
    task: int | None = None,
) -> None:
    """Write the canonical line of one delivery: which stage, which object, how it ended and how long it took.

    `cold_start` says whether it was the first one of its instance, `task` which task of a job it was. What is not known
    has no field. The metrics in `infra/modules/observability` read these fields by name.
    """
    fields: dict[str, Any] = {
        "stage": stage,
        "message_id": message.id,
        "elapsed_ms": round(elapsed_s * 1000, 1),
        **_known(attempt=message.attempt, cold_start=cold_start, task=task),
        **_noted(notes or DeliveryNotes()),
        **_subject(message),
    }
    if isinstance(ended, BaseException):
        fields["outcome"] = "retry"
        fields["error"] = ended.code if isinstance(ended, SamoError) else type(ended).__name__
        # A SamoError's message is ours and free of content; anybody else's is not repeated.
        detail = f": {ended}" if isinstance(ended, SamoError) else ""
        _logger.warning("%s retry%s", stage, detail, extra={"fields": fields})
    else:
        fields["outcome"] = ended.ended
        if ended.code is not None:
            fields["error"] = ended.code
        _logger.info("%s %s", stage, ended.ended, extra={"fields": fields})


def _noted(notes: DeliveryNotes) -> dict[str, Any]:
    return _known(
        engine=notes.made_by.engine if notes.made_by else None,
        model_version=notes.made_by.version if notes.made_by else None,
        fallback=notes.fallback,
        load_ms=None if notes.load_s is None else round(notes.load_s * 1000, 1),
        windows=notes.windows,
        windows_done=notes.windows_done,
    )


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _subject(message: Message) -> dict[str, Any]:
    """The object a message is about, as far as it can be told."""
    try:
        body = json.loads(message.data)
        subject = body.get("recording", body)
        name, generation = subject["name"], int(subject["generation"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}
    return {"object": name, "generation": generation} if isinstance(name, str) else {}
