"""What a function makes of the requests that reach it, and what it answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from samo.adapters.pubsub import message_attributes
from samo.domain.documents import decode, encode, encode_compact
from samo.domain.events import AnalysisReady, InsightReady, ObjectPointer, TranscriptReady
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import failure_name, insight_name, lease_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.leases import LeaseDocument
from tests.wire.bodies import (
    Body,
    eventarc_pubsub,
    eventarc_storage,
    object_notification,
    unwrapped_push,
    wrapped_push,
)
from tests.wire.conftest import Serve, World

WORDS = "the heron on the lake was grey"

Shape = Callable[[bytes, Mapping[str, str]], Body]


def post(client: FlaskClient, body: Body) -> int:
    """Deliver a request; the status of the answer."""
    return client.post("/", headers=dict(body.headers), data=body.data).status_code


def written_entry(world: World, name: str = "josé/día 🌙.txt", text: str = WORDS) -> RecordingRef:
    """Store a written entry."""
    info = world.recordings.create(name, text.encode())
    return RecordingRef(bucket=world.recordings.bucket, name=name, generation=info.generation)


def notification_of(world: World, ref: RecordingRef) -> tuple[bytes, dict[str, str]]:
    """What Cloud Storage says of a stored entry."""
    info = world.recordings.stat(ref.name)
    assert info is not None
    return object_notification(info, bucket=ref.bucket)


def spooled(topic: Path) -> list[bytes]:
    """The events on a topic."""
    return [file.read_bytes() for file in sorted(topic.glob("*.json"))]


@pytest.mark.parametrize("shape", [wrapped_push, eventarc_pubsub, eventarc_storage])
def test_a_stored_recording_is_understood_in_every_shape(serve: Serve, world: World, shape: Shape) -> None:
    """How the trigger is built is a matter of infrastructure: the transcript and the event are the same."""
    ref = written_entry(world)

    status = post(serve("transcription"), shape(*notification_of(world, ref)))

    assert status == 200
    transcript = decode(world.results.read(transcript_name(ref)), Transcript)
    assert (transcript.recording, transcript.text) == (ref, WORDS)
    [event] = spooled(world.topics / "transcripts")
    assert decode(event, TranscriptReady).recording == ref


@pytest.mark.parametrize("shape", [wrapped_push, unwrapped_push, eventarc_pubsub])
def test_an_event_of_ours_is_understood_in_every_shape(serve: Serve, world: World, shape: Shape) -> None:
    """As `PubsubTopic` publishes it, wrapped or as a binary CloudEvent."""
    ref = written_entry(world)
    assert post(serve("transcription"), wrapped_push(*notification_of(world, ref))) == 200
    for stage in ("emotion", "summarization"):
        record = Failure(
            stage=stage,
            recording=ref,
            code="document_invalid",
            reason="r",
            advice="a",
            created_at="2026-07-01T12:00:00Z",
        )
        pointed = world.results.create(failure_name(stage, ref), encode(record))
    event = AnalysisReady(
        recording=ref,
        part="summary",
        outcome="failed",
        object=ObjectPointer(bucket=world.results.bucket, name=pointed.name, generation=pointed.generation),
    )

    status = post(serve("insights"), shape(encode_compact(event), message_attributes(event)))

    assert status == 200
    insight = decode(world.results.read(insight_name(ref)), Insight)
    assert {part: found.status for part, found in insight.parts.items()} == {"emotions": "failed", "summary": "failed"}
    [published] = spooled(world.topics / "insights")
    assert decode(published, InsightReady).recording == ref


def test_a_repeat_is_answered_like_the_first(serve: Serve, world: World) -> None:
    """At-least-once delivery: the second changes nothing but publishes the same event again."""
    ref = written_entry(world)
    client, body = serve("transcription"), wrapped_push(*notification_of(world, ref))
    assert post(client, body) == 200
    before = list(world.results.list())

    assert post(client, body) == 200

    assert list(world.results.list()) == before
    assert len(spooled(world.topics / "transcripts")) == 1
    assert list(world.leases.list()) == []


def test_a_held_lease_is_answered_503(serve: Serve, world: World) -> None:
    """Another worker is on it: Pub/Sub shall come again later."""
    ref = written_entry(world)
    held = LeaseDocument(owner="another worker", expires_at_s=4_000_000_000)
    world.leases.create(lease_name("transcription", ref), encode(held))

    status = post(serve("transcription"), wrapped_push(*notification_of(world, ref)))

    assert status == 503
    assert list(world.results.list()) == []


def test_a_store_out_of_reach_is_answered_503(serve: Serve, world: World, tmp_path: Path) -> None:
    """Retried, nothing written, nothing lost."""
    ref = written_entry(world)
    body = wrapped_push(*notification_of(world, ref))
    loop = tmp_path / "results"
    loop.symlink_to(loop)

    assert post(serve("transcription"), body) == 503

    assert spooled(world.topics / "transcripts") == []


@pytest.mark.parametrize(
    "data", [b"", b"no JSON", b"[]", b'{"name": "a/b.wav"}', b'{"bucket": {}}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_message_that_says_nothing_is_recorded_and_acknowledged(serve: Serve, world: World, data: bytes) -> None:
    """It would be the same poison next time; the record is named after the message."""
    status = post(serve("transcription"), wrapped_push(data, {}, message_id="7002"))

    assert status == 200
    failure = decode(world.results.read("rejected-events/transcription/7002.json"), Failure)
    assert (failure.code, failure.recording) == ("event_invalid", None)


def test_a_foreign_bucket_is_recorded_and_acknowledged(serve: Serve, world: World) -> None:
    """A misdirected notification is no reason to read somebody else's bucket."""
    ref = written_entry(world)
    info = world.recordings.stat(ref.name)
    assert info is not None

    status = post(serve("transcription"), wrapped_push(*object_notification(info, bucket="foreign"), message_id="7003"))

    assert status == 200
    failure = decode(world.results.read("rejected-events/transcription/7003.json"), Failure)
    assert failure.code == "event_foreign_bucket"


@pytest.mark.parametrize("event_type", ["OBJECT_DELETE", "OBJECT_METADATA_UPDATE", "OBJECT_ARCHIVE"])
def test_other_notifications_are_acknowledged_and_ignored(serve: Serve, world: World, event_type: str) -> None:
    """A bucket that notifies of everything does no harm."""
    data, attributes = notification_of(world, written_entry(world))

    status = post(serve("transcription"), wrapped_push(data, {**attributes, "eventType": event_type}))

    assert status == 200
    assert list(world.results.list()) == []


def test_a_request_that_is_no_message_is_refused(serve: Serve) -> None:
    """Whoever sends that is not Pub/Sub."""
    assert post(serve("transcription"), Body({"Content-Type": "application/json"}, b"{}")) == 400


def test_a_function_without_settings_answers_500_and_recovers(
    serve: Serve, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message stays with Pub/Sub until somebody corrects the deployment."""
    ref = written_entry(world)
    client, body = serve("transcription"), wrapped_push(*notification_of(world, ref))
    with monkeypatch.context() as broken:
        broken.delenv("SAMO_RESULTS")
        assert post(client, body) == 500

    assert post(client, body) == 200


def test_no_word_of_the_user_reaches_log_or_answer(
    serve: Serve, world: World, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither when all goes well, nor when a stored document or an event is damaged."""
    caplog.set_level(logging.DEBUG)
    ref = written_entry(world)
    answers = [
        serve("transcription").post("/", headers=dict(body.headers), data=body.data)
        for body in (
            wrapped_push(*notification_of(world, ref)),
            wrapped_push(json.dumps({"bucket": WORDS, "name": [WORDS]}).encode(), {"note": WORDS}),
        )
    ]
    damaged = world.results.stat(transcript_name(ref))
    assert damaged is not None
    world.results.replace(damaged.name, json.dumps({"text": WORDS}).encode(), generation=damaged.generation)
    pointer = ObjectPointer(bucket=world.results.bucket, name=damaged.name, generation=damaged.generation)
    event = TranscriptReady(recording=ref, object=pointer)
    body = wrapped_push(encode_compact(event), message_attributes(event))
    answers.append(serve("emotion").post("/", headers=dict(body.headers), data=body.data))

    captured = capfd.readouterr()

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    for text in (captured.out, captured.err, caplog.text, *(answer.get_data(as_text=True) for answer in answers)):
        assert not any(word in text for word in ("heron", "lake", "grey"))
