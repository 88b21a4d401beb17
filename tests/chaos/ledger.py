"""What the gates saw: messages accepted and acknowledged, results written, crashes and recoveries."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from samo.domain.names import StageName
from samo.local.topology import HEARS

Subject = tuple[StageName, int]
"""One stage's effect on one recording, which its generation names."""

MessageKey = tuple[StageName, str]


@dataclass(frozen=True)
class Recovery:
    """From a kill to the first acknowledgement of the effect that was at work, None if there was none.

    `waited_s` is until the delivery that was acknowledged began, less what the longest refused one took in between:
    what the protocol makes it wait, whatever the speed of the machine. `alone` says that nothing else befell the
    effect meanwhile, and so that the bound holds for it.
    """

    kind: str
    subject: Subject
    seconds: float | None
    waited_s: float | None
    alone: bool


class _Answer(NamedTuple):
    began: float
    ended: float
    status: int | None

    @property
    def done(self) -> bool:
        return self.status is not None and self.status < 300


class Ledger:
    """Safe to share among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accepted: dict[MessageKey, bytes] = {}
        self._dead: set[MessageKey] = set()
        self.dead_letters = 0
        self._acked: set[MessageKey] = set()
        self._pushes: Counter[MessageKey] = Counter()
        self._in_flight: Counter[MessageKey] = Counter()
        self._writes: dict[str, list[int]] = defaultdict(list)
        self._kills: list[tuple[str, Subject, float]] = []
        self._answers: dict[Subject, list[_Answer]] = defaultdict(list)
        self._disturbances: dict[Subject, list[float]] = defaultdict(list)
        self._spared: set[Subject] = set()
        self.deliveries = 0
        self.retries = 0
        self.store_calls = 0
        self.disturbed_calls = 0

    # Messages.

    def accepted(self, topic: str, message_id: str, body: bytes) -> None:
        """A topic, by its short name, accepted a message."""
        with self._lock:
            for stage, heard in HEARS.items():
                if heard == topic:
                    self._accepted[stage, message_id] = body

    def pushed(self, message: MessageKey) -> int:
        """Pub/Sub pushed a message; returns how often it has by now."""
        with self._lock:
            self._pushes[message] += 1
            self._in_flight[message] += 1
            return self._pushes[message]

    def is_in_flight(self, message: MessageKey) -> bool:
        """Whether an earlier push of the message is unanswered."""
        with self._lock:
            return self._in_flight[message] > 1

    def answered(self, message: MessageKey, *, acked: bool) -> None:
        """The push was answered."""
        with self._lock:
            self._in_flight[message] -= 1
            if acked:
                self._acked.add(message)
            else:
                self.retries += 1

    def delivered(self, subject: Subject | None, *, began: float, status: int | None) -> None:
        """A delivery that began then, by the monotonic clock, was answered; None if its instance was or fell dead."""
        with self._lock:
            self.deliveries += 1
            if subject is not None:
                self._answers[subject].append(_Answer(began, time.monotonic(), status))

    def is_answered(self, subject: Subject) -> bool:
        """Whether a delivery of it has been answered with 200."""
        with self._lock:
            return any(answer.done for answer in self._answers[subject])

    def died(self, stage: StageName, body: bytes) -> None:
        """A message with this body became a dead letter: of those that may be meant, the one pushed most often."""
        with self._lock:
            self.dead_letters += 1
            alike = [
                message
                for message in self._open()
                if message[0] == stage and self._accepted[message] == body and message not in self._acked
            ]
            if alike:
                self._dead.add(max(alike, key=lambda message: self._pushes[message]))

    def open_messages(self) -> list[MessageKey]:
        """Accepted, and neither acknowledged nor a dead letter; or still with a function."""
        with self._lock:
            return self._open()

    def _open(self) -> list[MessageKey]:
        ended = self._acked | self._dead
        return [message for message in self._accepted if self._in_flight[message] > 0 or message not in ended]

    def messages(self) -> Mapping[str, int]:
        """How many messages there were, and how many times Pub/Sub pushed them."""
        with self._lock:
            return {"messages": len(self._accepted), "pushes": self._pushes.total()}

    # Results.

    def stored(self, body: bytes) -> None:
        """A new generation in the bucket of results, as its notification tells."""
        resource = json.loads(body)
        with self._lock:
            self._writes[resource["name"]].append(int(resource["generation"]))

    def writes(self) -> Mapping[str, list[int]]:
        """Every result's name, and the generations that were written under it."""
        with self._lock:
            return {name: list(generations) for name, generations in self._writes.items()}

    def has_written(self, names: set[str]) -> bool:
        """Whether one of these results was written."""
        with self._lock:
            return any(name in self._writes for name in names)

    def call(self, *, disturbed: bool) -> None:
        """A function called the store."""
        with self._lock:
            self.store_calls += 1
            self.disturbed_calls += disturbed

    # Crashes.

    def killed(self, kind: str, subject: Subject | None, *, spare: bool = False) -> None:
        """A worker was killed while it was at this effect. `spare`: nothing else shall befall the effect."""
        if subject is None:
            return
        with self._lock:
            self._kills.append((kind, subject, time.monotonic()))
            if spare:
                self._spared.add(subject)

    def is_spared(self, subject: Subject | None) -> bool:
        """Whether no fault may strike this effect any more."""
        with self._lock:
            return subject in self._spared

    def disturbed(self, subject: Subject) -> None:
        """A fault struck this effect, or ended; generation 0 stands for every effect of the stage."""
        with self._lock:
            self._disturbances[subject].append(time.monotonic())

    def recoveries(self, *, bound_s: float) -> list[Recovery]:
        """For each kill, how long it took until a later delivery of the effect was acknowledged."""
        with self._lock:
            return [self._recovery(kind, subject, killed, bound_s) for kind, subject, killed in self._kills]

    def _recovery(self, kind: str, subject: Subject, killed: float, bound_s: float) -> Recovery:
        later = [answer for answer in self._answers[subject] if answer.ended > killed]
        done = min((answer for answer in later if answer.done), key=lambda answer: answer.ended, default=None)
        refused = [answer for answer in later if not answer.done and (done is None or answer.began < done.began)]
        longest_s = max((answer.ended - max(answer.began, killed) for answer in refused), default=0.0)
        until = killed + bound_s + longest_s if done is None else done.ended
        others = [*self._disturbances[subject], *self._disturbances[subject[0], 0]]
        others += [answer.began for answer in later if answer.status is None]
        others += [at for _, again, at in self._kills if again == subject]
        # Another copy of the event had it acknowledged before: nothing is left to recover, and nobody repeats it.
        over = any(answer.done and answer.ended <= killed for answer in self._answers[subject])
        return Recovery(
            kind,
            subject,
            seconds=None if done is None else done.ended - killed,
            waited_s=None if done is None else max(0.0, done.began - killed - longest_s),
            alone=not over and not any(killed < at <= until for at in others),
        )
