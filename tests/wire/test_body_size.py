"""Requests of any size: what Pub/Sub can send is recorded and acknowledged, what it cannot send is not read."""

from __future__ import annotations

import pytest

from samo.adapters.directory import DirectoryStore
from samo.boundary import MAX_BODY_BYTES
from samo.domain.documents import decode
from samo.domain.failure import Failure
from samo.domain.names import StageName
from tests.wire.bodies import eventarc_storage, wrapped_push
from tests.wire.conftest import Serve, World

STAGES = pytest.mark.parametrize("stage", ["transcription", "emotion", "summarization", "insights"])


def rejections(results: DirectoryStore) -> list[Failure]:
    """The records of events that led to no recording."""
    return [decode(results.read(info.name), Failure) for info in results.list("rejected-events/")]


@STAGES
def test_the_largest_message_of_pubsub_is_recorded_and_acknowledged(
    serve: Serve, world: World, stage: StageName
) -> None:
    """Ten megabytes that are no event: to send them again would change nothing."""
    body = wrapped_push(b"x" * 10_000_000, {})

    assert serve(stage).post("/", headers=dict(body.headers), data=body.data).status_code == 200

    [rejection] = rejections(world.results)
    assert (rejection.code, rejection.stage) == ("event_too_large", stage)
    assert rejection.reason == "the body has 10000000 bytes, and no event has more than 1048576"


def test_a_body_of_thirty_two_megabytes_is_recorded_in_every_shape(serve: Serve, world: World) -> None:
    """As large as Cloud Run lets through, as an event without wrapper."""
    body = eventarc_storage(b'{"bucket": "%s"}' % (b"b" * (MAX_BODY_BYTES - 20)), {"objectId": "mia/day.wav"})

    assert serve("transcription").post("/", headers=dict(body.headers), data=body.data).status_code == 200

    assert [rejection.code for rejection in rejections(world.results)] == ["event_too_large"]


@STAGES
def test_a_larger_body_is_refused_unread(serve: Serve, world: World, stage: StageName) -> None:
    """413, by its announced length: nothing of ours sends it, so nothing of ours is lost."""
    body = wrapped_push(b"x" * (MAX_BODY_BYTES + 1), {})

    assert serve(stage).post("/", headers=dict(body.headers), data=body.data).status_code == 413

    assert rejections(world.results) == []
