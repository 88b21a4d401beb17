"""Collects dead letters as they come, for only they say which messages Pub/Sub has given up."""

from __future__ import annotations

import threading

from google.pubsub_v1 import PubsubMessage

from samo.domain.names import STAGES, StageName
from samo.local import topology
from samo.local.pubsub_emulator import PubsubEmulator
from tests.chaos.ledger import Ledger
from tests.chaos.schedule import Schedule


class LetterBox:
    """A thread for each stage's dead letters. A context manager."""

    def __init__(self, emulator: PubsubEmulator, ledger: Ledger, schedule: Schedule) -> None:
        self._schedule = schedule
        self._emulator = emulator
        self._ledger = ledger
        self._letters: dict[StageName, list[PubsubMessage]] = {stage: [] for stage in STAGES}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._collect, args=(stage,), daemon=True) for stage in STAGES]

    def __enter__(self) -> LetterBox:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def taken(self, stage: StageName) -> list[PubsubMessage]:
        """What has come since the last look."""
        with self._lock:
            letters, self._letters[stage] = self._letters[stage], []
        return letters

    def _collect(self, stage: StageName) -> None:
        subscription = topology.subscription(topology.dead_letters(stage))
        while not self._stopping.is_set():
            for letter in self._emulator.take(subscription):
                with self._lock:
                    self._letters[stage].append(letter)
                self._ledger.died(stage, letter.data)
                self._schedule.tally.add("attempts used up")
