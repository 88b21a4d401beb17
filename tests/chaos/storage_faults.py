"""What goes wrong between a function and Cloud Storage: each kind in a few lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from samo.adapters.deadlines import STORE
from tests.chaos.ledger import Ledger, Subject
from tests.chaos.models_trouble import ModelsTrouble
from tests.chaos.schedule import Schedule
from tests.chaos.storage_calls import Step, StorageCall
from tests.chaos.workers import Worker

if TYPE_CHECKING:
    from tests.chaos.storage_gate import Exchange, Reply

_SLOW_SHARE = 0.8
_BEYOND_LEASE_S = 2.0


class Redeliver(Protocol):
    """Delivers the last event of an effect again."""

    def __call__(self, subject: Subject, *, after_s: float, until_done: bool = False) -> None:
        """After some seconds; `until_done`, as often as it takes."""


@dataclass
class StorageSituation:
    """Who is behind a gate, and what a fault may use."""

    worker: Worker
    schedule: Schedule
    ledger: Ledger
    redeliver: Redeliver
    models: ModelsTrouble
    lease_s: float
    sabotage: Callable[[str], str] = str
    """Changes the path of a request on its way; the identity, but for tests of the audit."""

    @property
    def patience_s(self) -> float:
        """How long the functions' client waits for an answer, under leases of this length."""
        return STORE.within(self.lease_s).answer_s

    def forward(self, exchange: Exchange) -> Reply:
        """Let the real server perform it."""
        reply = exchange.forward(path=self.sabotage(exchange.path))
        if exchange.call.bucket == "models":
            self.models.answered(exchange.call, reply.status)
        return reply

    def saw(self, call: StorageCall) -> None:
        """Count what is no event, but a state: a claim by a clock that is wrong."""
        if call.step == "claim" and not self.schedule.is_calm:
            self.schedule.tally.add("clock ahead" if self.worker.skew_s > 0 else "clock behind")


@dataclass(frozen=True)
class StorageFault:
    """`meets` are the steps that it can strike; `strike` answers the exchange in the server's place."""

    kind: str
    meets: frozenset[Step]
    strike: Callable[[Exchange, StorageSituation], None]
    models_too: bool = True


def _refuse(kind: str, status: int) -> Callable[[Exchange, StorageSituation], None]:
    def strike(exchange: Exchange, situation: StorageSituation) -> None:
        situation.schedule.tally.add(kind)
        exchange.refuse(status)

    return strike


def _done_and_refused(exchange: Exchange, situation: StorageSituation) -> None:
    situation.forward(exchange)
    situation.schedule.tally.add("store answers 503, done")
    exchange.refuse(503)


def _dropped(exchange: Exchange, situation: StorageSituation) -> None:
    situation.schedule.tally.add("connection dropped")
    exchange.drop()


def _reply_lost(kind: str) -> Callable[[Exchange, StorageSituation], None]:
    def strike(exchange: Exchange, situation: StorageSituation) -> None:
        reply = situation.forward(exchange)
        if reply.status >= 300:  # nothing was done whose answer could be lost
            exchange.answer(reply)
            return
        situation.schedule.tally.add(kind)
        exchange.drop()

    return strike


def _slow(exchange: Exchange, situation: StorageSituation) -> None:
    reply = situation.forward(exchange)
    longest_s = _SLOW_SHARE * situation.patience_s
    time.sleep(situation.schedule.draw("slow", exchange.path).uniform(longest_s / 4, longest_s))
    situation.schedule.tally.add("reply slow")
    exchange.answer(reply)


def _never(exchange: Exchange, situation: StorageSituation) -> None:
    situation.schedule.tally.add("reply never")
    time.sleep(situation.patience_s + 1)
    exchange.drop()


def _truncated(exchange: Exchange, situation: StorageSituation) -> None:
    reply = situation.forward(exchange)
    if reply.status >= 300 or len(reply.body) < 2:
        exchange.answer(reply)
        return
    situation.schedule.tally.add("read truncated")
    exchange.cut(reply)


def _damaged(exchange: Exchange, situation: StorageSituation) -> None:
    reply = situation.forward(exchange)
    if reply.status >= 300 or not reply.body:
        exchange.answer(reply)
        return
    middle = len(reply.body) // 2
    damaged = reply.body[:middle] + bytes([reply.body[middle] ^ 1]) + reply.body[middle + 1 :]
    situation.schedule.tally.add("read damaged")
    exchange.answer(reply._replace(body=damaged))


def _slower_than_lease(exchange: Exchange, situation: StorageSituation) -> None:
    """Hold the commit back, have the event delivered when the lease has run out for every clock, and go on."""
    subject = exchange.call.subject(situation.worker.stage)
    if subject is not None:
        situation.redeliver(subject, after_s=situation.lease_s + 2 * abs(situation.worker.skew_s))
        time.sleep(situation.lease_s + 2 * abs(situation.worker.skew_s) + _BEYOND_LEASE_S)
    reply = situation.forward(exchange)
    if reply.status == 412:  # overtaken: another worker has committed
        situation.schedule.tally.add("owner slower than its lease")
    exchange.answer(reply)


def _models_unavailable(exchange: Exchange, situation: StorageSituation) -> None:
    situation.models.refused()
    exchange.refuse(503)


MODELS_UNAVAILABLE = StorageFault("models unavailable", frozenset(), _models_unavailable)

_ANY: frozenset[Step] = frozenset({"look", "read", "claim", "takeover", "commit", "report", "release"})
_READS: frozenset[Step] = frozenset({"look", "read"})
_CREATES: frozenset[Step] = frozenset({"claim", "commit", "report"})

# The rare ones first: a common one must not take their place.
FAULTS: tuple[StorageFault, ...] = (
    StorageFault("owner slower than its lease", frozenset({"commit"}), _slower_than_lease),
    StorageFault("reply lost on takeover", frozenset({"takeover"}), _reply_lost("reply lost on takeover")),
    StorageFault("reply never", frozenset({"look", "commit"}), _never, models_too=False),
    StorageFault("store answers 429", _ANY, _refuse("store answers 429", 429)),
    StorageFault("store answers 500", _ANY, _refuse("store answers 500", 500)),
    StorageFault("store answers 503", _ANY, _refuse("store answers 503", 503)),
    StorageFault("store answers 503, done", _ANY, _done_and_refused),
    StorageFault("connection dropped", _ANY, _dropped),
    StorageFault("reply lost", _READS, _reply_lost("reply lost")),
    StorageFault("reply lost on create", _CREATES, _reply_lost("reply lost on create")),
    StorageFault("reply lost on release", frozenset({"release"}), _reply_lost("reply lost on release")),
    StorageFault("reply slow", _ANY, _slow),
    StorageFault("read truncated", frozenset({"read"}), _truncated),
    StorageFault("read damaged", frozenset({"read"}), _damaged),
)
