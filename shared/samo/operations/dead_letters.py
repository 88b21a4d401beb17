"""Dead letters: what a stage failed to handle attempt after attempt, shown by its object and replayed as it was.

pull ──► publish to the stage's topic ──► acknowledge
└ crash here: the letter comes again; a repeat changes nothing
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import msgspec

from samo.domain.errors import EventInvalid
from samo.domain.names import StageName
from samo.domain.recording import RecordingRef
from samo.messages import Message, read_object_notice, read_payload
from samo.ports import DeadLetterQueue, MessageTopic, PulledLetter

_ADDED = "CloudPubSubDeadLetter"  # by Pub/Sub, to what was published
_ATTEMPTS = "CloudPubSubDeadLetterSourceDeliveryCount"
_FIRST_PUBLISHED = "CloudPubSubDeadLetterSourceTopicPublishTime"
_BATCH = 10


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a letter; `recording` is None where the message names none, `attempts` where unknown.

    `published_at` is when the message was first published, where Pub/Sub says so, or when it became a letter.
    """

    stage: StageName
    message_id: str
    recording: RecordingRef | None
    published_at: str
    attempts: int | None


class _OfRecording(msgspec.Struct, frozen=True):
    recording: RecordingRef


def recording_of(stage: StageName, message: Message) -> RecordingRef | None:
    """The recording that a message to this stage is about, or None."""
    try:
        if stage == "transcription":
            return read_object_notice(message).ref
        return read_payload(message, _OfRecording).recording
    except EventInvalid:
        return None


def describe(stage: StageName, letter: PulledLetter) -> DeadLetter:
    """The letter without its content."""
    attributes = letter.message.attributes
    attempts = attributes.get(_ATTEMPTS, "")
    return DeadLetter(
        stage=stage,
        message_id=letter.message.id,
        recording=recording_of(stage, letter.message),
        published_at=attributes.get(_FIRST_PUBLISHED, letter.published_at),
        attempts=int(attempts) if attempts.isdecimal() else None,
    )


def list_letters(queue: DeadLetterQueue, stage: StageName, limit: int) -> list[DeadLetter]:
    """At most `limit` of the letters that wait; all of them go on waiting. Raises `StoreUnavailable`."""
    borrowed: dict[str, PulledLetter] = {}
    try:
        while len(borrowed) < limit:
            pulled = queue.pull(limit - len(borrowed))
            new = {letter.message.id: letter for letter in pulled if letter.message.id not in borrowed}
            if not new:
                break
            borrowed.update(new)
    finally:
        queue.give_back(list(borrowed.values()))
    return [describe(stage, letter) for letter in borrowed.values()]


def replay_letters(
    queue: DeadLetterQueue, topic: MessageTopic, stage: StageName, limit: int, stopping: Callable[[], bool]
) -> Iterator[DeadLetter]:
    """Publish at most `limit` letters to the stage's topic, with the attributes that they were published with.

    Each is yielded once it is published and acknowledged. A letter that comes back meanwhile, for the stage has given
    up again, waits on. Raises `PublishFailed`, `StoreUnavailable`; what was not published waits on, as it does when
    `stopping` says so or the caller takes no more.
    """
    replayed: set[str] = set()
    while len(replayed) < limit and not stopping():
        pulled = list(queue.pull(min(_BATCH, limit - len(replayed))))
        waiting = [letter for letter in pulled if _identity(letter) not in replayed]
        back = [letter for letter in pulled if letter not in waiting]
        try:
            while waiting and not stopping():
                letter = waiting[0]
                topic.send(letter.message.data, _as_published(letter))
                queue.acknowledge(letter)
                replayed.add(_identity(waiting.pop(0)))
                yield describe(stage, letter)
        finally:
            queue.give_back([*back, *waiting])
        if len(back) == len(pulled):
            return


def _as_published(letter: PulledLetter) -> dict[str, str]:
    return {key: value for key, value in letter.message.attributes.items() if not key.startswith(_ADDED)}


def _identity(letter: PulledLetter) -> str:
    """Equal for the same message, whatever Pub/Sub calls it each time that it becomes a letter."""
    digest = hashlib.sha256(letter.message.data)
    for key, value in sorted(_as_published(letter).items()):
        digest.update(f"\0{key}\0{value}".encode())
    return digest.hexdigest()
