"""What the stages need from the outside world. Adapters implement these; nothing here imports one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from samo.domain.emotion import EmotionReading
from samo.domain.events import Event
from samo.domain.hints import NO_HINTS, TranscriptionHints
from samo.domain.recording import RecordingRef
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript
from samo.domain.window_plan import WindowPart, WindowPlan
from samo.messages import Message


class ObjectInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A stored object without its bytes. `generation` differs for every write to the bucket; `size` is in bytes.

    `metadata` is what its writer said of it.
    """

    name: str
    generation: int
    size: int
    metadata: Mapping[str, str] = {}


class ObjectStore(Protocol):
    """One bucket. Every method raises `StoreUnavailable` when the store cannot be asked.

    A name is any Unicode text of at most 1,024 bytes in UTF-8, with `/` as separator by convention.
    """

    @property
    def bucket(self) -> str:
        """The bucket's name as it stands in events."""

    def stat(self, name: str) -> ObjectInfo | None:
        """The live object of this name, or None."""

    def read(self, name: str, *, generation: int | None = None) -> bytes:
        """All bytes of the live object, or of exactly this generation. Raises `ObjectNotFound`."""

    def chunks(self, name: str, *, generation: int | None = None) -> Iterator[bytes]:
        """The bytes in pieces of bounded size. Raises `ObjectNotFound` at the first piece.

        An object that is overwritten meanwhile may end in `StoreUnavailable`; pieces of two generations never mix.
        """

    def create(self, name: str, data: bytes, *, content_type: str = "application/json") -> ObjectInfo:
        """Store a new object. Raises `PreconditionFailed` if one of this name exists.

        Atomic: of concurrent creates one wins. A lost reply may surface as `PreconditionFailed` although this very
        call won; callers that must know compare what is stored.
        """

    def replace(self, name: str, data: bytes, *, generation: int, content_type: str = "application/json") -> ObjectInfo:
        """Overwrite the object if it still is of this generation. Raises `PreconditionFailed` otherwise."""

    def upload(
        self,
        name: str,
        source: Path,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Store a file, replacing what is there, in bounded memory. `metadata`, at most 8 KiB, is the new object's."""

    def delete(self, name: str, *, generation: int) -> bool:
        """Delete the object if it still is of this generation; False if it is not or is gone."""

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All live objects whose names start with `prefix`, sorted by the UTF-8 bytes of their names."""


class Publisher(Protocol):
    """A topic."""

    def publish(self, event: Event) -> None:
        """Hand the event over; returns when it is accepted. Raises `PublishFailed`. May deliver more than once."""


class MessageTopic(Publisher, Protocol):
    """A topic that also takes messages as they once were, for retries and replays."""

    def send(self, body: bytes, attributes: Mapping[str, str]) -> None:
        """Hand a message over; returns when it is accepted. Raises `PublishFailed`. May deliver more than once."""


class PulledLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter, lent to whoever pulled it; `published_at` is when it became one, in RFC 3339."""

    ack_id: str
    message: Message
    published_at: str


class DeadLetterQueue(Protocol):
    """The subscription that keeps what a stage could not handle. Every method raises `StoreUnavailable`."""

    def pull(self, limit: int) -> Sequence[PulledLetter]:
        """Borrow at most so many; none when nothing waits, or all is lent."""

    def acknowledge(self, letter: PulledLetter) -> None:
        """Take the letter away for good."""

    def give_back(self, letters: Sequence[PulledLetter]) -> None:
        """Let the letters be pulled again at once."""


class Clock(Protocol):
    """The wall clock, as a port so that leases can be tested without waiting."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01 UTC."""


class JobLauncher(Protocol):
    """Starts the job that transcribes what is too long for a function."""

    def launch(self, recording: RecordingRef, *, tasks: int) -> None:
        """Start one execution with this many tasks; returns when it is accepted. Raises `JobNotLaunched`.

        May start it more than once: tasks find what is done already.
        """


class Transcriber(Protocol):
    """Speech to text: a plan of windows, a part of each, and the transcript that they make; or all in one."""

    def plan(
        self,
        audio: Path,
        recording: RecordingRef,
        *,
        hints: TranscriptionHints = NO_HINTS,
        go_on: Callable[[], bool] = lambda: True,
    ) -> WindowPlan | None:
        """How the file is to be transcribed; None as soon as `go_on`, which is asked now and then, says no.

        Raises a `PermanentError` for a file that cannot be transcribed and `ModelUnavailable` without a model.
        """

    def listen(self, audio: Path, plan: WindowPlan, windows: Iterable[int]) -> Iterator[WindowPart]:
        """Transcribe the windows of these numbers, in rising order; each number is asked for when its turn has come.

        Raises `ModelUnavailable` where the plan's model cannot be had.
        """

    def merge(self, plan: WindowPlan, parts: Iterable[WindowPart], *, created_at: str) -> Transcript:
        """The transcript of all parts, one of each window, in any order."""

    def transcribe(
        self, audio: Path, recording: RecordingRef, *, created_at: str, hints: TranscriptionHints = NO_HINTS
    ) -> Transcript:
        """Transcribe the file. Silence gives an empty transcript with a reason.

        Raises a `PermanentError` for a file that cannot be transcribed and `ModelUnavailable` without a model.
        """


class EmotionReader(Protocol):
    """Text to emotions."""

    def read(self, sentences: Sequence[TimedSentence], transcript: Transcript, *, created_at: str) -> EmotionReading:
        """Read each sentence of the transcript and the whole entry; one sentence reading for each sentence given.

        Without sentences the reading is empty, with the transcript's reason. Raises `ModelUnavailable` without a model.
        """


class Summarizer(Protocol):
    """Sentences and their emotions to a summary."""

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """Summarise the entry that `reading` is about; without sentences: empty, with the reading's reason."""
