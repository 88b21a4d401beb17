"""Dead letters: shown without their content, left where they are, and replayed as they were published."""

from __future__ import annotations

import json

import pytest

from samo.domain.documents import encode_compact
from samo.domain.errors import PublishFailed
from samo.domain.events import ObjectPointer, TranscriptReady
from samo.messages import Message
from samo.operations.dead_letters import list_letters, replay_letters
from samo.ports import PulledLetter
from tests.fakes.dead_letter_queue import LetterQueue
from tests.fakes.publisher import RecordingPublisher
from tests.unit.given_documents import REF, WHEN

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FIRST = "2026-11-19T08:00:00.000Z"


def a_letter(number: int = 1, *, data: bytes | None = None, **attributes: str) -> PulledLetter:
    """A transcript's event that became a dead letter."""
    pointer = ObjectPointer(bucket="results", name=f"transcripts/{number}.json", generation=number)
    body = encode_compact(TranscriptReady(recording=REF, object=pointer)) if data is None else data
    return PulledLetter(
        ack_id=f"ack-{number}",
        message=Message(id=str(number), data=body, attributes={"traceparent": TRACE, **attributes}),
        published_at=WHEN,
    )


def never() -> bool:
    """Nobody asks to stop."""
    return False


def test_letters_are_described_and_stay() -> None:
    """By recording, time and attempts; the next who looks finds them all."""
    added = {
        "CloudPubSubDeadLetterSourceDeliveryCount": "7",
        "CloudPubSubDeadLetterSourceTopicPublishTime": FIRST,
    }
    queue = LetterQueue([a_letter(1, **added), a_letter(2), a_letter(3)])

    first, second, third = list_letters(queue, "emotion", limit=10)

    assert (first.recording, first.attempts, first.published_at) == (REF, 7, FIRST)
    assert (second.recording, second.attempts, second.published_at) == (REF, None, WHEN)
    assert third.message_id == "3"
    assert (len(queue.waiting), queue.lent) == (3, [])


def test_no_more_than_the_limit_is_listed() -> None:
    """The rest is not even borrowed."""
    queue = LetterQueue([a_letter(number) for number in range(5)])

    assert len(list_letters(queue, "emotion", limit=3)) == 3
    assert (len(queue.waiting), queue.lent) == (5, [])


def test_nothing_of_a_message_that_says_nothing_is_shown() -> None:
    """It may be anything, a person's words included."""
    queue = LetterQueue([a_letter(data=b"what nobody else may read")])

    [letter] = list_letters(queue, "insights", limit=10)

    assert letter.recording is None
    assert "nobody" not in repr(letter)


def test_a_notification_is_read_as_one() -> None:
    """The letters of transcription are Cloud Storage's."""
    notice = json.dumps({"bucket": "recordings", "name": "mia/day.wav", "generation": "7"}).encode()

    [letter] = list_letters(LetterQueue([a_letter(data=notice)]), "transcription", limit=10)

    assert letter.recording is not None
    assert (letter.recording.name, letter.recording.generation) == ("mia/day.wav", 7)


def test_a_replay_is_the_message_as_it_was() -> None:
    """Body, trace and attributes of the publisher; what Pub/Sub added is gone, and so is the letter."""
    letter = a_letter(
        eventType="OBJECT_FINALIZE",
        CloudPubSubDeadLetterSourceDeliveryCount="5",
        CloudPubSubDeadLetterSourceSubscription="samo-dev-emotion",
    )
    queue, topic = LetterQueue([letter]), RecordingPublisher()

    [replayed] = replay_letters(queue, topic, "emotion", 10, never)

    assert replayed.recording == REF
    assert topic.messages == [(letter.message.data, {"traceparent": TRACE, "eventType": "OBJECT_FINALIZE"})]
    assert (queue.waiting, queue.lent) == ([], [])


def test_no_more_than_the_limit_is_replayed() -> None:
    """The rest waits."""
    queue, topic = LetterQueue([a_letter(number) for number in range(5)]), RecordingPublisher()

    assert len(list(replay_letters(queue, topic, "emotion", 3, never))) == 3
    assert (len(topic.messages), len(queue.waiting), queue.lent) == (3, 2, [])


def test_a_topic_that_refuses_loses_nothing() -> None:
    """The letters go on waiting, all of them."""
    queue, topic = LetterQueue([a_letter(1), a_letter(2)]), RecordingPublisher()
    topic.reachable = False

    with pytest.raises(PublishFailed):
        list(replay_letters(queue, topic, "emotion", 10, never))

    assert (len(queue.waiting), queue.lent) == (2, [])


def test_a_crash_between_publish_and_acknowledge_repeats_the_message() -> None:
    """The letter comes again, and is published again: equal, hence dropped by whoever knows it."""
    letter = a_letter()
    queue, topic = LetterQueue([letter]), RecordingPublisher()
    acknowledge, queue.acknowledge = queue.acknowledge, _crash  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        list(replay_letters(queue, topic, "emotion", 10, never))
    queue.acknowledge = acknowledge  # type: ignore[method-assign]
    queue.expire()

    list(replay_letters(queue, topic, "emotion", 10, never))

    assert topic.messages[0] == topic.messages[1]
    assert (len(topic.messages), queue.waiting, queue.lent) == (2, [], [])


def test_a_stop_leaves_the_rest_waiting() -> None:
    """After the letter in hand."""
    queue, topic = LetterQueue([a_letter(number) for number in range(4)]), RecordingPublisher()

    replayed = list(replay_letters(queue, topic, "emotion", 10, lambda: len(topic.messages) >= 1))

    assert (len(replayed), len(queue.waiting), queue.lent) == (1, 3, [])


def test_a_letter_that_comes_back_is_not_replayed_for_ever() -> None:
    """A stage that gives up at once would otherwise keep the command busy for good."""
    queue, topic = LetterQueue([a_letter(1)]), RecordingPublisher()

    replaying = replay_letters(queue, topic, "emotion", 10, never)
    next(replaying)
    queue.waiting.append(a_letter(1, CloudPubSubDeadLetterSourceDeliveryCount="5"))

    assert list(replaying) == []
    assert (len(topic.messages), len(queue.waiting), queue.lent) == (1, 1, [])


def _crash(letter: PulledLetter) -> None:
    raise KeyboardInterrupt
