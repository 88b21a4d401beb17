"""Sees dead letters as they come, for only they say which messages Pub/Sub has given up, and replays them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from samo.adapters.dead_letters import DeadLetterSubscription
from samo.domain.names import STAGES, StageName
from samo.local import topology
from samo.local.pubsub_emulator import PubsubEmulator
from samo.operations.dead_letters import list_letters, replay_letters
from samo.ports import MessageTopic, PulledLetter
from tests.chaos.ledger import Ledger
from tests.chaos.schedule import Schedule

_MANY = 1000
_WAIT_S = 0.5
_PAUSE_S = 1.0


class LetterBox:
    """A thread that looks for letters as `samo dead-letters list` does, and leaves them there. A context manager."""

    def __init__(self, emulator: PubsubEmulator, ledger: Ledger, schedule: Schedule) -> None:
        self._queues = {stage: _Noticed(stage, emulator, ledger, schedule) for stage in STAGES}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, name="letter box", daemon=True)

    def __enter__(self) -> LetterBox:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def replay(self, stage: StageName, topic: MessageTopic) -> int:
        """Replay what waits, as `samo dead-letters replay` does; returns how many there were."""
        with self._lock:  # a letter that is being looked at is lent, and cannot be pulled
            return sum(1 for _ in replay_letters(self._queues[stage], topic, stage, _MANY, self._stopping.is_set))

    def _look(self) -> None:
        while not self._stopping.wait(_PAUSE_S):
            with self._lock:
                for stage, queue in self._queues.items():
                    list_letters(queue, stage, _MANY)


class _Noticed:
    """A stage's `DeadLetterQueue`; what is pulled for the first time is entered in the ledger."""

    def __init__(self, stage: StageName, emulator: PubsubEmulator, ledger: Ledger, schedule: Schedule) -> None:
        subscription = topology.subscription(topology.dead_letters(stage))
        self._queue = DeadLetterSubscription(subscription, client=lambda: emulator.subscriber, wait_s=_WAIT_S)
        self._stage = stage
        self._ledger = ledger
        self._schedule = schedule
        self._known: set[str] = set()

    def pull(self, limit: int) -> Sequence[PulledLetter]:
        """As the subscription has them."""
        letters = self._queue.pull(limit)
        for letter in letters:
            if letter.message.id not in self._known:
                self._known.add(letter.message.id)
                self._ledger.died(self._stage, letter.message.data)
                self._schedule.tally.add("attempts used up")
        return letters

    def acknowledge(self, letter: PulledLetter) -> None:
        """Take it away."""
        self._queue.acknowledge(letter)

    def give_back(self, letters: Sequence[PulledLetter]) -> None:
        """Let them be pulled again."""
        self._queue.give_back(letters)
