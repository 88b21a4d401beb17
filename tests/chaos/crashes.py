"""The end of a worker at each boundary of claim → work → commit → publish → release → ack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samo.local.topology import BACKOFF_S
from tests.chaos.ledger import Subject
from tests.chaos.storage_calls import Step
from tests.chaos.storage_faults import StorageFault, StorageSituation

if TYPE_CHECKING:
    from tests.chaos.storage_gate import Exchange


def kill(kind: str, situation: StorageSituation, subject: Subject | None) -> None:
    """`kill -9`, counted if the worker was alive."""
    if situation.worker.kill():
        situation.ledger.killed(kind, subject, spare=situation.schedule.spares_a_recovery())
        situation.schedule.tally.add(kind)
        if subject is not None:
            situation.redeliver(subject, after_s=BACKOFF_S, until_done=True)


def _before(kind: str, *steps: Step) -> StorageFault:
    """Kill when the request is there, and drop it."""

    def strike(exchange: Exchange, situation: StorageSituation) -> None:
        kill(kind, situation, exchange.call.subject(situation.worker.stage))
        exchange.drop()

    return StorageFault(kind, frozenset(steps), strike, models_too=False)


def _after(kind: str, *steps: Step) -> StorageFault:
    """Kill when the request has been performed, ahead of its answer."""

    def strike(exchange: Exchange, situation: StorageSituation) -> None:
        reply = situation.forward(exchange)
        if reply.status >= 300:
            exchange.answer(reply)
            return
        kill(kind, situation, exchange.call.subject(situation.worker.stage))
        exchange.drop()

    return StorageFault(kind, frozenset(steps), strike, models_too=False)


def _sigterm(exchange: Exchange, situation: StorageSituation) -> None:
    """The signal arrives while the worker waits for bytes; whatever it makes of them in its last seconds counts."""
    if situation.worker.terminate():
        situation.schedule.tally.add("SIGTERM at work")
    exchange.answer(situation.forward(exchange))


CRASHES: tuple[StorageFault, ...] = (
    _after("kill after claim", "claim"),
    _after("kill after takeover", "takeover"),
    _before("kill at work", "read"),
    _before("kill before commit", "commit"),
    _after("kill after commit", "commit"),
    _before("kill before release", "release"),
    _after("kill before ack", "release"),
    StorageFault("SIGTERM at work", frozenset({"read"}), _sigterm, models_too=False),
)
