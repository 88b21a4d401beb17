"""A deployment in memory: the real stages behind topics that deliver, and commands of which any call may break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from samo.boundary import Stage, deliver
from samo.domain.documents import decode, encode_compact
from samo.domain.errors import PermanentError, PublishFailed, StoreUnavailable, TransientError
from samo.domain.events import Event, InsightReady, TranscriptReady, event_id
from samo.domain.insight import Insight
from samo.domain.names import insight_name
from samo.domain.recording import RecordingRef
from samo.leases import Leases
from samo.messages import Message
from samo.operations.retrying import RETRY_LEASE_S, Retrier
from samo.operations.starting import StageTopics, object_notice
from samo.ports import ObjectInfo, ObjectStore
from tests.fakes.publisher import RecordingPublisher
from tests.unit.stages.given_stages import World

ENTRY = "mia/day.txt"
TEXT = b"I was sad. Then I was happy."


class AudioHeardAsNoise(PermanentError):
    """A failure that a later model does not have."""

    code = "heard_as_noise"
    advice = "Wait for a better model."


class Crash(BaseException):
    """The command is gone: `kill -9`."""


class Deployment(World):
    """`World` with deliveries. `announced` are the identities that a consumer has seen, in order, without repeats."""

    def store_entry(self, name: str = ENTRY, data: bytes = TEXT) -> RecordingRef:
        """Somebody uploads an entry, and everything takes its course."""
        ref = self.upload(name, data)
        self.topic.send(*object_notice(ref))
        self.settle()
        return ref

    def settle(self) -> None:
        """Deliver until nothing is on its way; what must be tried again comes once all leases have run out."""
        while self.topic.events or self.topic.messages:
            messages, self.topic.messages = self.topic.messages, []
            events, self.topic.events = self.topic.events, []
            self.topic.messages += [
                (body, attributes)
                for body, attributes in messages
                if not self._done(self.transcription(), body, attributes)
            ]
            self.told.extend(events)
            for event in events:
                if isinstance(event, InsightReady):
                    self.consumed.append(event)
                body = encode_compact(event)
                self.topic.events += [event for stage in self._hears(event) if not self._done(stage, body)]

    def _hears(self, event: Event) -> list[Stage]:
        if isinstance(event, InsightReady):
            return []
        return [self.emotion(), self.summarization()] if isinstance(event, TranscriptReady) else [self.insights()]

    def _done(self, stage: Stage, body: bytes, attributes: Mapping[str, str] | None = None) -> bool:
        """Whether the message is acknowledged."""
        try:
            deliver(stage, Message(id="1", data=body, attributes=dict(attributes or {})))
        except TransientError:
            self.clock.advance(RETRY_LEASE_S)
            return False
        return True

    @property
    def told(self) -> list[Event]:
        """Every event that was published, in order."""
        return self.__dict__.setdefault("_told", [])

    @property
    def consumed(self) -> list[InsightReady]:
        """Every event that a consumer received, repeats included."""
        return self.__dict__.setdefault("_consumed", [])

    @property
    def announced(self) -> list[tuple[str, int]]:
        """Name and revision, once for each identity."""
        seen = {event_id(event): (event.object.name, event.revision) for event in self.consumed}
        return list(seen.values())

    def insight(self, ref: RecordingRef) -> Insight:
        """The stored insight."""
        return decode(self.results.content(insight_name(ref)), Insight)

    def retrier(self, gate: Callable[[], None] = lambda: None) -> Retrier:
        """A command whose every call passes the gate, before it and after it."""
        topic = GatedTopic(self.topic, gate)
        return Retrier(
            GatedStore(self.results, gate),
            Leases(GatedStore(self.leases, gate), self.clock, duration_s=RETRY_LEASE_S),
            StageTopics(recordings=topic, transcripts=topic, analyses=topic),
        )


class BreaksAt:
    """A gate that raises `error` at the n-th time that it is passed; calls pass it twice. `broke` says if it did."""

    def __init__(self, passage: int, error: Callable[[], BaseException]) -> None:
        self._left = passage
        self._error = error
        self.broke = False

    def __call__(self) -> None:
        """Pass, or break; a process that crashed makes no more calls."""
        if self.broke and isinstance(self._error(), Crash):
            raise self._error()
        self._left -= 1
        if self._left < 0 and not self.broke:
            self.broke = True
            raise self._error()


def out_of_reach() -> BaseException:
    """No answer, whether the call had its effect or not."""
    return StoreUnavailable("no answer")


class GatedStore:
    """A bucket behind a gate."""

    def __init__(self, store: ObjectStore, gate: Callable[[], None]) -> None:
        self._store = store
        self._gate = gate

    @property
    def bucket(self) -> str:
        """As of the bucket."""
        return self._store.bucket

    def stat(self, name: str) -> ObjectInfo | None:
        """As of the bucket."""
        self._gate()
        return self._store.stat(name)

    def read(self, name: str, *, generation: int | None = None) -> bytes:
        """As of the bucket."""
        self._gate()
        return self._store.read(name, generation=generation)

    def chunks(self, name: str, *, generation: int | None = None) -> Iterator[bytes]:
        """As of the bucket."""
        self._gate()
        return self._store.chunks(name, generation=generation)

    def create(self, name: str, data: bytes, *, content_type: str = "application/json") -> ObjectInfo:
        """As of the bucket; it may break once the object is there."""
        self._gate()
        info = self._store.create(name, data, content_type=content_type)
        self._gate()
        return info

    def replace(self, name: str, data: bytes, *, generation: int, content_type: str = "application/json") -> ObjectInfo:
        """As of the bucket; it may break once the object is there."""
        self._gate()
        info = self._store.replace(name, data, generation=generation, content_type=content_type)
        self._gate()
        return info

    def upload(self, name: str, source: Path, *, content_type: str = "application/octet-stream") -> ObjectInfo:
        """As of the bucket."""
        self._gate()
        return self._store.upload(name, source, content_type=content_type)

    def delete(self, name: str, *, generation: int) -> bool:
        """As of the bucket; it may break once the object is gone."""
        self._gate()
        deleted = self._store.delete(name, generation=generation)
        self._gate()
        return deleted

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """As of the bucket."""
        self._gate()
        return self._store.list(prefix)


class GatedTopic:
    """A topic behind a gate."""

    def __init__(self, topic: RecordingPublisher, gate: Callable[[], None]) -> None:
        self._topic = topic
        self._gate = gate

    def publish(self, event: Event) -> None:
        """As of the topic; it may break once the event is accepted."""
        self._pass()
        self._topic.publish(event)
        self._pass()

    def send(self, body: bytes, attributes: Mapping[str, str]) -> None:
        """As of the topic; it may break once the message is accepted."""
        self._pass()
        self._topic.send(body, attributes)
        self._pass()

    def _pass(self) -> None:
        try:
            self._gate()
        except StoreUnavailable as error:
            raise PublishFailed(str(error)) from None
