"""The boundary: how a delivery ends for Pub/Sub, and what of it stands in the log.

The stages here do one thing each; the functions themselves, over real stages, are in tests/wire.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import functions_framework
import pytest
from flask import Flask
from flask.testing import FlaskClient

from samo.boundary import deliver
from samo.canonical_log import setup_logging
from samo.domain.documents import decode
from samo.domain.errors import (
    EventForeignBucket,
    EventInvalid,
    LeaseHeld,
    ModelCorrupt,
    ModelUnavailable,
    PublishFailed,
    StoreUnavailable,
)
from samo.domain.failure import Failure
from samo.leases import Leases
from samo.messages import Message
from samo.stages.effect import EffectRunner, Outcome
from samo.tracing import current_traceparent
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore
from tests.fakes.publisher import RecordingPublisher
from tests.unit.log_lines import fresh_log, lines_on_stderr
from tests.wire.bodies import wrapped_push

FUNCTIONS = Path(__file__).parents[2] / "functions"
SECRET = "what nobody else may read"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SUBJECT = json.dumps({"name": "mia/day.m4a", "generation": "7"}).encode()


@dataclass
class OneEndStage:
    """A stage whose deliveries all end the same way; it keeps what it was given."""

    end: Outcome | BaseException
    results: MemoryStore = field(default_factory=lambda: MemoryStore("results"))
    messages: list[Message] = field(default_factory=list)
    traces: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The runner of a real stage, for the records of rejected events."""
        clock = FakeClock()
        leases = Leases(MemoryStore("leases"), clock, duration_s=600)
        self.runner = EffectRunner("emotion", self.results, leases, RecordingPublisher(), clock)

    def handle(self, message: Message) -> Outcome:
        """End."""
        self.messages.append(message)
        self.traces.append(current_traceparent())
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end


# What the function that `serve` writes is built around.
SERVED: list[Callable[[], OneEndStage]] = []

Serve = Callable[[Callable[[], OneEndStage]], FlaskClient]


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging as a new process finds it; what functions-framework changes in this one is undone."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, "main", ModuleType("main"))
    monkeypatch.setenv("FUNCTION_TARGET", "handle")
    monkeypatch.setenv("FUNCTION_SIGNATURE_TYPE", "cloudevent")
    with fresh_log():
        yield


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """A function like those in `functions/`, around any stage, served by functions-framework."""

    def serve(build: Callable[[], OneEndStage]) -> FlaskClient:
        SERVED[:] = [build]
        source = tmp_path / "main.py"
        source.write_text(
            "import functions_framework\n"
            "from samo.boundary import entry_point\n"
            "from tests.unit.test_boundary import SERVED\n"
            "handle = functions_framework.cloud_event(entry_point(SERVED[0]))\n"
        )
        return client_of(source)

    return serve


def client_of(source: Path) -> FlaskClient:
    """A client that speaks HTTP to the function in this file."""
    create_app: Callable[..., Flask] = functions_framework.create_app
    return create_app(target="handle", source=str(source), signature_type="cloudevent").test_client()


def push(client: FlaskClient, data: bytes = SUBJECT, **attributes: str) -> tuple[int, str]:
    """Deliver a wrapped push: the status and the body of the answer."""
    body = wrapped_push(data, attributes, message_id="7001")
    answer = client.post("/", headers=dict(body.headers), data=body.data)
    return answer.status_code, answer.get_data(as_text=True)


# The table.


@pytest.mark.parametrize(
    "outcome",
    [Outcome("committed"), Outcome("replayed"), Outcome("waiting"), Outcome("ignored"), Outcome("failed", "x")],
)
def test_what_is_done_is_acknowledged(serve: Serve, capsys: pytest.CaptureFixture[str], outcome: Outcome) -> None:
    """With 200, for the emulator takes 202 for a refusal; the log says how it ended."""
    status, _ = push(serve(lambda: OneEndStage(outcome)))

    assert status == 200
    [line] = lines_on_stderr(capsys)
    assert (line["stage"], line["object"], line["message_id"]) == ("emotion", "mia/day.m4a", "7001")
    assert (line["outcome"], line.get("error")) == (outcome.ended, outcome.code)


@pytest.mark.parametrize(
    "error", [EventInvalid("the body (2 bytes) is no TranscriptReady"), EventForeignBucket("another deployment's")]
)
def test_an_event_that_leads_to_no_recording_is_recorded_and_acknowledged(
    serve: Serve, capsys: pytest.CaptureFixture[str], error: EventInvalid | EventForeignBucket
) -> None:
    """It would be the same next time; the record is named after the message and says what to do."""
    stage = OneEndStage(error)

    status, _ = push(serve(lambda: stage))

    assert status == 200
    failure = decode(stage.results.content("rejected-events/emotion/7001.json"), Failure)
    assert (failure.stage, failure.recording) == ("emotion", None)
    assert (failure.code, failure.reason, failure.advice) == (error.code, str(error), error.advice)
    [line] = lines_on_stderr(capsys)
    assert (line["outcome"], line["error"]) == ("failed", error.code)


def test_a_repeat_of_a_rejected_event_is_acknowledged(serve: Serve) -> None:
    """Its record is there already, and stays as it is."""
    stage = OneEndStage(EventInvalid("the body (2 bytes) is no TranscriptReady"))
    client = serve(lambda: stage)
    push(client)
    record = stage.results.content("rejected-events/emotion/7001.json")

    assert push(client)[0] == 200

    assert record == stage.results.content("rejected-events/emotion/7001.json")


def test_an_event_that_cannot_be_recorded_as_rejected_comes_again(serve: Serve) -> None:
    """No event disappears without a trace."""
    stage = OneEndStage(EventInvalid("the body (2 bytes) is no TranscriptReady"))
    stage.results.reachable = False
    client = serve(lambda: stage)

    assert push(client)[0] == 503

    stage.results.reachable = True
    assert push(client)[0] == 200
    assert stage.results.names == ["rejected-events/emotion/7001.json"]


@pytest.mark.parametrize(
    "error",
    [
        LeaseHeld("another worker is on this recording"),
        StoreUnavailable("the bucket cannot be reached"),
        PublishFailed("the topic cannot be reached"),
        ModelUnavailable("no version is published"),
        ModelCorrupt("the hash of model.onnx is another one"),
    ],
    ids=lambda error: error.code,
)
def test_what_may_succeed_later_is_answered_503(
    serve: Serve, capsys: pytest.CaptureFixture[str], error: LeaseHeld
) -> None:
    """Pub/Sub comes again, with its backoff; the answer and the log name the error's code."""
    stage = OneEndStage(error)

    status, answer = push(serve(lambda: stage))

    assert status == 503
    assert error.code in answer
    [line] = lines_on_stderr(capsys)
    assert (line["severity"], line["outcome"], line["error"]) == ("WARNING", "retry", error.code)
    assert stage.results.names == []


@pytest.mark.parametrize(
    "error", [RuntimeError(SECRET), KeyError(SECRET), UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET)]
)
def test_an_unknown_error_is_answered_500_without_its_words(
    serve: Serve, capfd: pytest.CaptureFixture[str], error: Exception
) -> None:
    """Its message may quote a document; the answer has its type, the log also the places where it happened."""
    error.__cause__ = ValueError(f"before it: {SECRET}")
    stage = OneEndStage(error)

    status, answer = push(serve(lambda: stage))

    assert status == 500
    assert type(error).__name__ in answer
    captured = capfd.readouterr()
    for text in (answer, captured.out, captured.err):
        assert SECRET not in text
    delivery, crash = (json.loads(line) for line in captured.err.splitlines())
    assert (delivery["outcome"], delivery["error"]) == ("retry", type(error).__name__)
    assert (crash["severity"], crash["message"]) == ("ERROR", f"unexpected {type(error).__name__}")
    assert any(frame.endswith(" handle") and "test_boundary.py" in frame for frame in crash["frames"])
    assert stage.results.names == []


def test_the_end_of_the_process_is_logged_and_not_held_up(capsys: pytest.CaptureFixture[str]) -> None:
    """SystemExit is nobody's to answer: it passes through, and the log says which recording comes again."""
    setup_logging()
    stage = OneEndStage(SystemExit(143))

    with pytest.raises(SystemExit):
        deliver(stage, Message(id="7001", data=SUBJECT))

    [line] = lines_on_stderr(capsys)
    assert (line["object"], line["outcome"], line["error"]) == ("mia/day.m4a", "retry", "SystemExit")


# The trace.


def test_the_stage_runs_in_the_trace_of_its_message(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    """And the log line belongs to it."""
    stage = OneEndStage(Outcome("committed"))

    push(serve(lambda: stage), traceparent=TRACE)

    assert stage.traces == [TRACE]
    [line] = lines_on_stderr(capsys)
    assert line["traceparent"] == TRACE


# Building the stage.


def test_the_stage_is_built_at_the_first_event_and_once(serve: Serve) -> None:
    """Not when the function is loaded: the server forks afterwards, and clients and models must not cross a fork."""
    stages: list[OneEndStage] = []

    def build() -> OneEndStage:
        stages.append(OneEndStage(Outcome("committed")))
        return stages[-1]

    client = serve(build)
    assert stages == []

    push(client)
    push(client)

    assert [len(stage.messages) for stage in stages] == [2]


def test_only_the_first_delivery_of_an_instance_is_a_cold_start(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one that waited for the stage to be built."""
    client = serve(lambda: OneEndStage(Outcome("committed")))

    push(client)
    push(client)

    assert [line["cold_start"] for line in lines_on_stderr(capsys)] == [True, False]


@pytest.mark.parametrize(
    ("counted", "logged"), [({"deliveryAttempt": 4}, 4), ({}, None), ({"deliveryAttempt": "4"}, None)]
)
def test_the_log_says_which_attempt_it_is(
    serve: Serve, capsys: pytest.CaptureFixture[str], counted: dict[str, object], logged: int | None
) -> None:
    """Where Pub/Sub counts: beside the message, and functions-framework does not pass it on."""
    body = wrapped_push(SUBJECT, {}, message_id="7001")
    wrapper = {key: value for key, value in json.loads(body.data).items() if key != "deliveryAttempt"}

    answer = serve(lambda: OneEndStage(Outcome("committed"))).post("/", json={**wrapper, **counted})

    assert answer.status_code == 200
    [line] = lines_on_stderr(capsys)
    assert logged == line.get("attempt")


@pytest.mark.parametrize(("error", "status"), [(ModelUnavailable("later"), 503), (RuntimeError(SECRET), 500)])
def test_a_stage_that_could_not_be_built_is_tried_again(serve: Serve, error: Exception, status: int) -> None:
    """An outage at the start does not spoil the instance."""
    problems = [error]

    def build() -> OneEndStage:
        if problems:
            raise problems.pop()
        return OneEndStage(Outcome("committed"))

    client = serve(build)

    assert push(client)[0] == status
    assert push(client)[0] == 200


def test_an_outage_while_the_stage_is_built_is_logged(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever sees the 503 finds the reason, though there was no delivery to log."""

    def build() -> OneEndStage:
        raise ModelUnavailable("no version is published")

    status, _ = push(serve(build))

    assert status == 503
    [line] = lines_on_stderr(capsys)
    assert (line["severity"], line["error"]) == ("WARNING", "model_unavailable")
    assert line["message"] == "not ready: no version is published"


@pytest.mark.parametrize(
    ("function", "variables"),
    [
        ("transcription", {"RECORDINGS", "RESULTS", "LEASES", "MODELS", "TRANSCRIPTS_TOPIC"}),
        ("emotion", {"RESULTS", "LEASES", "MODELS", "ANALYSES_TOPIC"}),
        ("summarization", {"RESULTS", "LEASES", "MODELS", "ANALYSES_TOPIC"}),
        ("insights", {"RESULTS", "LEASES", "INSIGHTS_TOPIC"}),
    ],
)
def test_a_function_without_settings_names_all_that_are_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, function: str, variables: set[str]
) -> None:
    """The real function: 500, and one line from which whoever deployed it can correct everything."""
    for variable in (
        "RECORDINGS",
        "RESULTS",
        "LEASES",
        "MODELS",
        "TRANSCRIPTS_TOPIC",
        "ANALYSES_TOPIC",
        "INSIGHTS_TOPIC",
    ):
        monkeypatch.delenv(f"SAMO_{variable}", raising=False)

    status, answer = push(client_of(FUNCTIONS / function / "main.py"))

    assert status == 500
    assert "SettingsError" in answer
    [line] = lines_on_stderr(capsys)
    assert line["severity"] == "ERROR"
    assert {f"SAMO_{variable} is not set" for variable in variables} == set(line["message"].split("; "))


def test_what_is_no_message_at_all_is_refused_by_the_framework(serve: Serve) -> None:
    """Whoever sends that is not Pub/Sub; the stage does not hear of it."""
    stage = OneEndStage(Outcome("committed"))

    answer = serve(lambda: stage).post("/", json={})

    assert answer.status_code == 400
    assert stage.messages == []
