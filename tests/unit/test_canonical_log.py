"""The log: one line for each delivery, which says what happened to which object, and nothing that anybody said."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from samo.canonical_log import log_event, setup_logging
from samo.delivery_notes import DeliveryNotes
from samo.domain.documents import encode_compact
from samo.domain.errors import LeaseHeld
from samo.domain.events import AnalysisReady, ObjectPointer
from samo.domain.transcript import EngineUse
from samo.messages import Message
from samo.stages.effect import Outcome
from samo.tracing import traced
from tests.unit.given_documents import REF
from tests.unit.log_lines import fresh_log, lines_on_stderr
from tests.unit.stages.given_stages import notification

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SECRET = "what nobody else may read"
EVENT = AnalysisReady(
    recording=REF, part="summary", outcome="ok", object=ObjectPointer(bucket="results", name="n", generation=9)
)
OURS = Message(id="7001", data=encode_compact(EVENT))


@pytest.fixture(autouse=True)
def log() -> Iterator[logging.Logger]:
    """Logging as a new process finds it."""
    with fresh_log() as logger:
        yield logger


def write(message: Message, ended: Outcome | BaseException, *, stage: str = "emotion") -> None:
    """Log a delivery as a function does; setting up is safe to repeat."""
    setup_logging()
    log_event(stage, message, ended, 0.01234)


def test_an_outcome_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Severity and message as Cloud Logging reads them; stage, object, end and duration as fields to filter by."""
    write(OURS, Outcome("committed"), stage="insights")

    assert lines_on_stderr(capsys) == [
        {
            "severity": "INFO",
            "message": "insights committed",
            "stage": "insights",
            "message_id": "7001",
            "elapsed_ms": 12.3,
            "object": REF.name,
            "generation": REF.generation,
            "outcome": "committed",
        }
    ]


def test_what_is_known_of_the_making_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Engine, version, fallback, the time that models took to load, the attempt and the cold start: for the metrics."""
    notes = DeliveryNotes(EngineUse(engine="onnx", version="t5-1"), fallback="unfaithful_name", load_s=0.21987)
    message = Message(id="7001", data=OURS.data, attempt=3)
    setup_logging()

    log_event("summarization", message, Outcome("committed"), 0.5, cold_start=True, notes=notes)

    [line] = lines_on_stderr(capsys)
    made = ("onnx", "t5-1", "unfaithful_name", 219.9)
    assert made == (line["engine"], line["model_version"], line["fallback"], line["load_ms"])
    assert (line["attempt"], line["cold_start"]) == (3, True)


def test_an_engine_without_weights_has_no_version(capsys: pytest.CaptureFixture[str]) -> None:
    """And no field says null: what is not known is not there."""
    setup_logging()

    notes = DeliveryNotes(EngineUse(engine="extractive", version=None))
    log_event("summarization", OURS, Outcome("committed"), 0.5, cold_start=False, notes=notes)

    [line] = lines_on_stderr(capsys)
    assert (line["engine"], line["cold_start"]) == ("extractive", False)
    assert not {"model_version", "fallback", "load_ms", "attempt"} & set(line)


def test_a_failure_has_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    """The same that stands in the failure record."""
    write(OURS, Outcome("failed", "audio_damaged"), stage="transcription")

    [line] = lines_on_stderr(capsys)
    assert (line["severity"], line["outcome"], line["error"]) == ("INFO", "failed", "audio_damaged")


def test_a_named_error_is_a_warning_with_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """They are ours, and free of content."""
    write(OURS, LeaseHeld("another worker is on this recording"))

    [line] = lines_on_stderr(capsys)
    assert (line["severity"], line["outcome"], line["error"]) == ("WARNING", "retry", "lease_held")
    assert line["message"] == "emotion retry: another worker is on this recording"


def test_an_unknown_error_is_a_warning_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's message may quote what a person said."""
    write(OURS, ValueError(SECRET))

    [line] = lines_on_stderr(capsys)
    assert (line["outcome"], line["error"], line["message"]) == ("retry", "ValueError", "emotion retry")
    assert SECRET not in json.dumps(line)


def test_a_notification_names_its_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Cloud Storage writes its generation as a string; in the log it is the same number as everywhere."""
    write(notification(REF), Outcome("committed"), stage="transcription")

    [line] = lines_on_stderr(capsys)
    assert (line["object"], line["generation"]) == (REF.name, REF.generation)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"null",
        b"[1]",
        b'"words"',
        b"[" * 100_000,
        b"{}",
        b'{"name": "a"}',
        b'{"recording": null}',
        b'{"recording": "words"}',
        b'{"name": "a", "generation": null}',
        b'{"name": "a", "generation": "x"}',
        b'{"name": "a", "generation": 1e999}',
        b'{"name": "a", "generation": NaN}',
        b'{"name": "a", "generation": ' + b"9" * 5_000 + b"}",
        json.dumps({"name": [SECRET], "generation": 1}).encode(),
        json.dumps({"name": {"text": SECRET}, "generation": 1}).encode(),
    ],
    ids=lambda data: data[:40].decode(errors="replace"),
)
def test_a_message_about_no_object_is_logged_without_one(capsys: pytest.CaptureFixture[str], data: bytes) -> None:
    """Whatever arrives, the line is written, and quotes nothing of it."""
    write(Message(id="7001", data=data), Outcome("failed", "event_invalid"))

    [line] = lines_on_stderr(capsys)
    assert set(line) == {"severity", "message", "stage", "message_id", "elapsed_ms", "outcome", "error"}


def test_a_line_belongs_to_the_trace_of_its_event(capsys: pytest.CaptureFixture[str]) -> None:
    """And to none where there is none."""
    with traced(TRACE):
        write(OURS, Outcome("committed"))
    write(OURS, Outcome("committed"))

    within, without = lines_on_stderr(capsys)
    assert within["traceparent"] == TRACE
    assert "traceparent" not in without


def test_names_are_written_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Readable in any script, and one line whatever they hold."""
    data = json.dumps({"name": "josé/día\n🌙.m4a", "generation": 7}).encode()

    write(Message(id="7001", data=data), Outcome("committed"))

    output = capsys.readouterr().err
    assert output.count("\n") == 1
    assert "josé/día\\n🌙.m4a" in output


def test_an_exception_attached_to_a_record_is_left_out(capsys: pytest.CaptureFixture[str], log: logging.Logger) -> None:
    """Somebody calls `logger.exception`: the line stays, the traceback with its message does not."""
    setup_logging()
    log.error("it went wrong", exc_info=ValueError(SECRET))

    [line] = lines_on_stderr(capsys)
    assert line == {"severity": "ERROR", "message": "it went wrong"}


def test_setting_up_twice_writes_no_line_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Every function sets logging up when it is first called."""
    setup_logging()
    setup_logging()

    write(OURS, Outcome("committed"))

    assert len(lines_on_stderr(capsys)) == 1


def test_lines_do_not_reach_the_root_logger_as_well(caplog: pytest.LogCaptureFixture) -> None:
    """functions-framework configures one that would write them a second time, and not as JSON."""
    write(OURS, Outcome("committed"))

    assert caplog.records == []
