"""Log-based metrics read fields that the log really has: real functions run, and their lines are held against them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient

from samo.adapters.directory import DirectoryStore
from samo.domain.documents import encode_compact
from samo.domain.events import ObjectPointer, TranscriptReady
from samo.domain.names import StageName, transcript_name
from samo.domain.recording import RecordingRef
from samo.wiring.model_stores import bundled_models_folder
from tests.infra.applied import ROOT, Environment
from tests.unit.log_lines import fresh_log, lines_on_stderr
from tests.wire.bodies import object_notification, wrapped_push

ENTRY = """
I could not sleep last night. The interview was all I could think about. Then the train stood still for half an hour.
I was furious, mostly with myself, for not taking the earlier one. But they were kind. They laughed at my story about
the flooded kitchen. I got it. I stood on the bridge and cried, I was so happy. I wanted to call Dad. That still hurts.
Anna came over with soup and candles. I don't know what I did to deserve her. Tonight I am tired, calm and thankful.
"""

_FIELD = re.compile(r"jsonPayload\.(\w+)")


def function(stage: StageName) -> FlaskClient:
    """The function as it is deployed, with a client that delivers to it."""
    source = str(ROOT / "functions" / stage / "main.py")
    client: FlaskClient = functions_framework.create_app(
        target="handle", source=source, signature_type="cloudevent"
    ).test_client()
    return client


def deliver(client: FlaskClient, data: bytes, attributes: dict[str, str] | None = None) -> None:
    """Push a message as Pub/Sub does."""
    body = wrapped_push(data, attributes or {})
    assert client.post("/", headers=dict(body.headers), data=body.data).status_code == 200


@pytest.fixture
def lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[list[dict[str, Any]]]:
    """What the functions write while an entry is transcribed, read and summarised, twice, and a message is rejected."""
    for bucket in ("recordings", "results", "leases"):
        monkeypatch.setenv(f"SAMO_{bucket.upper()}", (tmp_path / bucket).as_uri())
    for topic in ("transcripts", "analyses"):
        monkeypatch.setenv(f"SAMO_{topic.upper()}_TOPIC", (tmp_path / "topics" / topic).as_uri())
    monkeypatch.setenv("SAMO_MODELS", bundled_models_folder().resolve().as_uri())
    recordings = DirectoryStore(tmp_path / "recordings")
    info = recordings.create("mia/day.txt", ENTRY.encode())
    recording = RecordingRef(bucket=recordings.bucket, name=info.name, generation=info.generation)

    with fresh_log():
        deliver(function("transcription"), *object_notification(info, bucket=recordings.bucket))
        results = DirectoryStore(tmp_path / "results")
        transcript = results.stat(transcript_name(recording))
        assert transcript is not None
        pointer = ObjectPointer(bucket=results.bucket, name=transcript.name, generation=transcript.generation)
        event = encode_compact(TranscriptReady(recording=recording, object=pointer))
        for stage in ("emotion", "summarization"):
            client = function(stage)  # type: ignore[arg-type]
            for data in (event, event, b"no event"):
                deliver(client, data)
        yield [line for line in lines_on_stderr(capsys) if "outcome" in line]


def test_every_field_of_a_metric_stands_in_a_line(environment: Environment, lines: list[dict[str, Any]]) -> None:
    """A field that was renamed in one place alone would leave a metric empty, and nobody would notice."""
    written = {field for line in lines for field in line}

    for metric in environment.of("logging_metric"):
        extractors = [metric["value_extractor"] or "", *(metric["label_extractors"] or {}).values()]
        fields = {*_FIELD.findall(metric["filter"]), *(field for one in extractors for field in _FIELD.findall(one))}

        assert fields, metric
        assert fields <= written, metric


def test_a_metric_selects_the_lines_that_it_is_named_after(
    environment: Environment, lines: list[dict[str, Any]]
) -> None:
    """Each filter lets some of the lines pass and, where it says more than that a delivery ended, not all of them."""
    selected = {
        metric["name"].partition("/")[2]: [line for line in lines if passes(metric["filter"], line)]
        for metric in environment.of("logging_metric")
    }

    assert len(lines) == 7
    assert {name: len(of_metric) for name, of_metric in selected.items()} == {
        "attempts": 7,
        "cold_starts": 3,
        "deliveries": 7,
        "fallbacks": 1,
        "latency": 7,
        "model_load": 2,
        "results": 3,
    }


def passes(log_filter: str, line: dict[str, Any]) -> bool:
    """Whether a line passes what the filter says of its fields. Of the language, only what stands in our filters."""
    for term in log_filter.split(" AND "):
        present = re.fullmatch(r"jsonPayload\.(\w+):\*", term)
        equal = re.fullmatch(r'jsonPayload\.(\w+)=(?:"(\w+)"|true)', term)
        if present:
            if present[1] not in line:
                return False
        elif equal:
            if line.get(equal[1]) != (equal[2] or True):
                return False
        else:
            assert term.startswith("resource."), f"this test cannot read {term}"
    return True


def test_figures_are_numbers_and_labels_are_few(environment: Environment, lines: list[dict[str, Any]]) -> None:
    """A distribution needs numbers; a label with the name of an object would make a series for each entry."""
    for metric in environment.of("logging_metric"):
        if metric["value_extractor"]:
            (field,) = _FIELD.findall(metric["value_extractor"])
            assert all(isinstance(line[field], int | float) for line in lines if field in line), metric
        for extractor in (metric["label_extractors"] or {}).values():
            assert not {"object", "generation", "message_id", "traceparent"} & {*_FIELD.findall(extractor)}, metric


def test_metrics_read_the_lines_of_this_environments_functions(environment: Environment) -> None:
    """By the names that the functions have, and no others'."""
    names = {one["name"] for one in environment.of("cloudfunctions2_function")}

    for metric in environment.of("logging_metric"):
        (services,) = re.findall(r"resource\.labels\.service_name=\(([^)]*)\)", metric["filter"])

        assert {name.strip('"') for name in services.split(" OR ")} == names
