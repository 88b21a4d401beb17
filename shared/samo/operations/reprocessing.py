"""Reprocessing all recordings below a prefix: a run that may be ended at any time and goes on where it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import msgspec

from samo.domain.documents import decode, encode
from samo.domain.errors import PreconditionFailed, SamoError
from samo.domain.names import StageName
from samo.operations.remaking import Remade, Remaker
from samo.ports import Clock, ObjectStore
from samo.stages.stored_documents import find_document
from samo.stages.timestamps import timestamp

SAVE_EVERY_S = 5.0
"""An object may be overwritten about once a second."""


class RunTaken(SamoError):
    """Another process reprocesses the same prefix, or the run was begun with another `--announce`."""

    code = "run_taken"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The document `reprocessing/….json`, which is there from a run's first entry to its last.

    All insights up to the name `done_through` have been dealt with; those made after `started_at` are new ones.
    """

    prefix: str
    stages: tuple[StageName, ...]
    announce: bool
    started_at: str
    done_through: str = ""


class Reprocessing:
    """One run, new or resumed. `restart` forgets an earlier one that was not ended."""

    def __init__(
        self,
        results: ObjectStore,
        clock: Clock,
        prefix: str,
        stages: frozenset[StageName],
        *,
        announce: bool,
        restart: bool = False,
    ) -> None:
        """Raises `RunTaken`, `StoreUnavailable`."""
        self._results = results
        self._clock = clock
        self._name = _run_name(prefix, stages)
        begun = find_document(results, self._name, Run)
        if begun is not None and restart:
            self._forget()
            begun = None
        if begun is not None and begun.announce != announce:
            told = "with" if begun.announce else "without"
            raise RunTaken(f"a run that was begun {told} --announce has not ended: end it so, or --restart")
        self.resumed = begun is not None
        self.run = begun or Run(
            prefix=prefix, stages=tuple(sorted(stages)), announce=announce, started_at=timestamp(clock)
        )
        self._generation: int | None = None

    def waiting(self) -> list[str]:
        """The names of the insights that have not been dealt with."""
        return [
            info.name
            for info in self._results.list(f"insights/{self.run.prefix}")
            if info.name.endswith(".json") and info.name.encode() > self.run.done_through.encode()
        ]

    def remake(self, names: list[str], remaker: Remaker, stopping: Callable[[], bool]) -> Iterator[tuple[str, Remade]]:
        """Deal with each and say how it ended, until `stopping` says so. Raises `RunTaken`, `TransientError`."""
        self._begin()
        saved_at = self._clock.now_s()
        try:
            for name in names:
                if stopping():
                    return
                ended = remaker.remake(name, since=self.run.started_at)
                self.run = msgspec.structs.replace(self.run, done_through=name)
                yield name, ended
                if self._clock.now_s() - saved_at >= SAVE_EVERY_S:
                    self._save()
                    saved_at = self._clock.now_s()
        finally:
            self._save()
        self._forget()

    def _begin(self) -> None:
        if not self.resumed:
            try:
                self._generation = self._results.create(self._name, encode(self.run)).generation
            except PreconditionFailed:
                stored = self._results.stat(self._name)
                # The reply to our own create may have been lost.
                if stored is None or decode(self._results.read(self._name), Run) != self.run:
                    raise RunTaken(_TAKEN) from None
                self._generation = stored.generation
        else:
            info = self._results.stat(self._name)
            self._generation = None if info is None else info.generation
            self._save()

    def _save(self) -> None:
        if self._generation is None:
            raise RunTaken(_TAKEN)
        try:
            self._generation = self._results.replace(
                self._name, encode(self.run), generation=self._generation
            ).generation
        except PreconditionFailed:
            raise RunTaken(_TAKEN) from None

    def _forget(self) -> None:
        if (info := self._results.stat(self._name)) is not None:
            self._results.delete(self._name, generation=info.generation)


_TAKEN = "another process reprocesses the same recordings; what it has done counts"


def _run_name(prefix: str, stages: frozenset[StageName]) -> str:
    # The prefix may hold anything, and may be longer than a name.
    digest = hashlib.sha256("\n".join([prefix, *sorted(stages)]).encode("utf-8", "surrogatepass")).hexdigest()
    return f"reprocessing/{digest}.json"
