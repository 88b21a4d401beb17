"""The commands of operations on the running stack: Google's Pub/Sub emulator, and Cloud Storage over HTTP."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from samo.cli.main import main
from samo.domain.documents import decode, encode
from samo.domain.events import InsightReady
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import emotions_name, failure_name, insight_name, lease_name, report_name
from samo.domain.recording import RecordingRef
from samo.leases import LeaseDocument
from samo.local.processes import wait_until
from samo.local.stack import LocalStack

DEADLINE_S = 40.0
WORD = "marzipan"


@pytest.fixture(autouse=True)
def a_shell(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose environment names the stack."""
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)


def samo(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(arguments))


def listed(*arguments: str) -> list[dict[str, Any]]:
    """What a list prints as JSON."""
    result = samo(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_dead_letter_is_listed_until_it_is_replayed(stack: LocalStack) -> None:
    """What kept the stage from handling it has gone: the replay ends in a record, here of a recording that is gone."""
    ref = RecordingRef(bucket="recordings", name="ops/replayed.txt", generation=7)
    leases, lease = stack.store("leases"), lease_name("transcription", ref)
    held = leases.create(lease, encode(LeaseDocument(owner="nobody", expires_at_s=4_000_000_000.0)))
    body = json.dumps({"bucket": ref.bucket, "name": ref.name, "generation": "7", "size": "1"}).encode()
    stack.publish("recordings", body, {"eventType": "OBJECT_FINALIZE", "payloadFormat": "JSON_API_V1"})
    try:
        assert wait_until(lambda: bool(listed("dead-letters", "list")), deadline_s=DEADLINE_S, poll_s=0.2)
    finally:
        leases.delete(lease, generation=held.generation)

    [first] = listed("dead-letters", "list")
    [again] = listed("dead-letters", "list", "--stage", "transcription")
    replayed = samo("dead-letters", "replay")

    assert first == again
    assert (first["stage"], first["recording"]["name"]) == ("transcription", ref.name)
    assert (replayed.exit_code, replayed.stdout) == (0, f"{ref.name} (7): sent to transcription again\n")
    results = stack.store("results")
    name = failure_name("transcription", ref)
    assert wait_until(lambda: results.stat(name) is not None, deadline_s=DEADLINE_S)
    assert decode(results.read(name), Failure).code == "recording_gone"
    assert listed("dead-letters", "list") == []


def test_a_retry_leads_from_a_degraded_insight_to_a_whole_one(stack: LocalStack) -> None:
    """Through the deployed functions; consumers hear of it under a new identity, and status follows it."""
    results = stack.store("results")
    ref = _entry(stack, "ops/retried.txt")
    _degrade(stack, ref)
    name = failure_name("emotion", ref)
    stack.published_insights()
    assert [each["name"] for each in listed("failures", "list", "--stage", "emotion")] == [name]

    retried = samo("failures", "retry", name)

    assert (retried.exit_code, retried.stdout) == (0, f"{ref.name}: emotion set off again\n"), retried.output
    heard: dict[str, InsightReady] = {}

    def announced() -> bool:
        for message in stack.published_insights():
            heard[message.attributes["ce-id"]] = decode(message.data, InsightReady)
        return any(event.recording == ref and event.revision == 2 for event in heard.values())

    assert wait_until(announced, deadline_s=DEADLINE_S, poll_s=0.2)
    insight = decode(results.read(insight_name(ref)), Insight)
    assert (insight.degraded, insight.revision) == (False, 2)
    assert len([each for each in heard.values() if each.recording == ref]) == 1
    assert listed("failures", "list", "--stage", "emotion") == []
    status = samo("status", "ops/retried")
    assert status.exit_code == 0
    assert "revision 2" in status.stdout
    assert WORD not in retried.output + status.output


def test_a_retry_of_transcription_starts_from_the_notification(stack: LocalStack) -> None:
    """The record goes, and comes again, for the recording still is what it was."""
    stored = stack.store("recordings").create("ops/empty.wav", b"")
    ref = RecordingRef(bucket="recordings", name=stored.name, generation=stored.generation)
    results, name = stack.store("results"), failure_name("transcription", ref)
    assert wait_until(lambda: results.stat(name) is not None, deadline_s=DEADLINE_S)
    before = results.stat(name)

    assert samo("failures", "retry", name).exit_code == 0

    def recorded_again() -> bool:
        after = results.stat(name)
        return after is not None and after != before

    assert wait_until(recorded_again, deadline_s=DEADLINE_S)
    assert samo("status", "ops/empty").exit_code == 4


def test_reprocessing_tells_nobody_unless_asked(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """First in silence, then with an event for the revision after it."""
    results = stack.store("results")
    ref = _entry(stack, "ops/again.txt")
    assert wait_until(lambda: bool(_events_of(stack, ref)), deadline_s=DEADLINE_S)

    silent = samo("reprocess", "ops/again", "--models", "gs://models")
    told_silently = _events_of(stack, ref)
    announced = samo("reprocess", "ops/again", "--models", "gs://models", "--announce")

    assert (silent.exit_code, announced.exit_code) == (0, 0), silent.output + announced.output
    assert told_silently == []
    assert [event.revision for event in _events_of(stack, ref)] == [3]
    assert decode(results.read(insight_name(ref)), Insight).revision == 3
    assert WORD not in silent.output + announced.output


def _events_of(stack: LocalStack, ref: RecordingRef) -> list[InsightReady]:
    events = [decode(message.data, InsightReady) for message in stack.published_insights()]
    return [event for event in events if event.recording == ref]


def _entry(stack: LocalStack, name: str) -> RecordingRef:
    """An entry that has its insight."""
    stored = stack.store("recordings").create(name, f"I was so happy about the {WORD}. Thank you, Ben.".encode())
    ref = RecordingRef(bucket="recordings", name=stored.name, generation=stored.generation)
    done = stack.store("results")
    assert wait_until(lambda: done.stat(insight_name(ref)) is not None, deadline_s=DEADLINE_S, poll_s=0.1)
    leases = stack.store("leases")  # the events of both analyses have been dealt with
    assert wait_until(lambda: not [info for info in leases.list() if ref.name in info.name], deadline_s=DEADLINE_S)
    return ref


def _degrade(stack: LocalStack, ref: RecordingRef) -> None:
    """As if emotion had failed for good before the insight was joined."""
    results = stack.store("results")
    whole = decode(results.read(insight_name(ref)), Insight)
    for name in (insight_name(ref), report_name(ref), emotions_name(ref)):
        info = results.stat(name)
        assert info is not None
        results.delete(name, generation=info.generation)
    failure = Failure(
        stage="emotion", recording=ref, code="document_invalid", reason="r", advice="a", created_at=whole.created_at
    )
    results.create(failure_name("emotion", ref), encode(failure))
    degraded = msgspec.structs.replace(whole, degraded=True, emotions=None)
    results.create(insight_name(ref), encode(degraded))
