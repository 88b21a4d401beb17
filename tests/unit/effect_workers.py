"""Workers on one effect whose every call to the world passes a gate, where a test may delay it, break it or end it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import NoReturn, TypeVar

from samo.domain.documents import decode
from samo.domain.errors import PreconditionFailed, PublishFailed, RecordingEmpty, StoreUnavailable
from samo.domain.events import AnalysisReady, Event, ObjectPointer
from samo.domain.names import failure_name, summary_name
from samo.domain.summary import Summary
from samo.leases import LeaseDocument, Leases
from samo.ports import Clock, ObjectInfo
from samo.stages.analysis import analysis_of
from samo.stages.effect import EffectRunner, Outcome
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore, Request
from tests.fakes.publisher import RecordingPublisher
from tests.unit.given_documents import REF, a_summary

Reply = TypeVar("Reply")

LEASE_S = 600.0
SKEW_S = 200.0
"""How far a worker's clock may be ahead or behind; three workers' clocks then differ by less than a lease."""

RESULT = summary_name(REF)
FAILURE = failure_name("summarization", REF)


class Crash(BaseException):
    """The process is gone: no handler of its runs any more."""


class Fault(Enum):
    """What happens to one call. `LOST_REPLY` is a client that repeats its own call, and reports the second answer."""

    NONE = "none"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    REFUSED = "refused"
    TIMED_OUT = "done, and timed out"
    LOST_REPLY = "done, and the reply lost"


Gate = Callable[[Request], Fault]


class World:
    """What all workers share, and an account of what they did to it.

    `commits` holds the names of completion records as they were written, `works` who did the work, `foreign_deletes`
    the leases that somebody deleted who did not own them. With `failing`, the work of every worker fails for good; that
    of the `dissenter`, the first word of a worker's name, ends the other way.
    """

    def __init__(self, *, failing: bool, dissenter: str | None = None) -> None:
        self.results = MemoryStore("results")
        self.leases = MemoryStore("leases")
        self.topic = RecordingPublisher()
        self.clock = FakeClock()
        self.commits: list[str] = []
        self.works: list[str] = []
        self.foreign_deletes: list[str] = []
        self._failing = failing
        self._dissenter = dissenter
        self._delete_something()

    def work(self, worker: str) -> Summary:
        """Each worker's summary is another one, so that an overwritten result would show."""
        self.works.append(worker)
        if self._failing != (worker.split()[0] == self._dissenter):
            raise RecordingEmpty("the object holds 0 bytes")
        return a_summary(text=f"as {worker} sees it")

    def expire_leases(self) -> None:
        """Let every lease run out that is held now, by every worker's clock."""
        self.clock.advance(LEASE_S + 2 * SKEW_S)

    def check(self) -> None:
        """What must be true whenever a delivery has been acknowledged, whatever happened before."""
        self.check_commits()
        assert sorted(self.commits) == self.results.names
        events = {name: self._event_of(name) for name in self.commits}
        assert self.topic.events != []
        assert all(published == events[published.object.name] for published in self.topic.events)

    def check_commits(self) -> None:
        """What must be true at all times: no record is written twice, and a second one only with a dissenter."""
        if self._dissenter is None:
            assert self.commits in ([], [FAILURE if self._failing else RESULT])
        assert len(set(self.commits)) == len(self.commits)
        assert set(self.commits) <= {RESULT, FAILURE}
        assert self.foreign_deletes == []

    def check_last_word(self) -> None:
        """What must be true once a redelivery was acknowledged: it told of the result, wherever there is one."""
        last = self.topic.events[-1]
        assert last == self._event_of(RESULT if RESULT in self.commits else FAILURE)

    def _event_of(self, name: str) -> AnalysisReady:
        info = self.results.stat(name)
        assert info is not None
        return AnalysisReady(
            recording=REF,
            part="summary",
            outcome="failed" if name == FAILURE else "ok",
            object=ObjectPointer(bucket="results", name=info.name, generation=info.generation),
        )

    def _delete_something(self) -> None:
        # So that the first generation that counts is not 1.
        self.results.delete("other", generation=self.results.put("other", b"").generation)


class SkewedClock:
    """A clock that differs from the world's by `skew_s`."""

    def __init__(self, clock: Clock, skew_s: float) -> None:
        self._clock = clock
        self._skew_s = skew_s

    def now_s(self) -> float:
        """Seconds since 1970-01-01 UTC, as this worker believes."""
        return self._clock.now_s() + self._skew_s


class Worker:
    """One delivery, on the real runner and leases; `gate` decides over each call. A crashed worker stays dead."""

    def __init__(self, world: World, name: str, gate: Gate, *, skew_s: float = 0.0) -> None:
        self._clock = SkewedClock(world.clock, skew_s)
        self.name = name
        self._world = world
        self._gate = gate
        self._dead = False
        self._owners: set[str] = set()

    def deliver(self) -> Outcome:
        """Run the effect. Raises `Crash` and `TransientError`."""
        world = self._world
        runner = EffectRunner(
            "summarization",
            _Results(world, self),
            Leases(_LeaseBucket(world, self), self._clock, duration_s=LEASE_S),
            _Topic(world, self),
            self._clock,
        )
        outcome = runner.run(
            analysis_of(
                REF,
                part="summary",
                result_name=summary_name(REF),
                work=lambda: self.call("work", REF.name, lambda: world.work(self.name)),
            )
        )
        world.check()
        return outcome

    def call(
        self, operation: str, name: str, perform: Callable[[], Reply], repeat: Callable[[], Reply] | None = None
    ) -> Reply:
        """Perform the call as the gate will have it; `repeat` is what a repetition of it answers."""
        if self._dead:
            raise Crash
        fault = self._gate(Request(operation, name))
        if fault in (Fault.CRASH_BEFORE, Fault.REFUSED):
            self._break(fault, operation)
        reply = perform()
        if fault in (Fault.CRASH_AFTER, Fault.TIMED_OUT):
            self._break(fault, operation)
        return repeat() if fault is Fault.LOST_REPLY and repeat is not None else reply

    def owns(self, document: bytes) -> bool:
        """Whether this worker wrote the lease."""
        return decode(document, LeaseDocument).owner in self._owners

    def writes_lease(self, document: bytes) -> None:
        """Remember the owner's token."""
        self._owners.add(decode(document, LeaseDocument).owner)

    def _break(self, fault: Fault, operation: str) -> None:
        if fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            self._dead = True
            raise Crash
        raise PublishFailed("no answer") if operation == "publish" else StoreUnavailable("no answer")


class SteppedWorker:
    """A worker in a thread of its own that waits before each call until the test lets it go on.

    `at` is the call that it waits to make, None once the delivery has ended.
    """

    def __init__(self, world: World, name: str, *, skew_s: float = 0.0) -> None:
        self._faults: queue.SimpleQueue[Fault] = queue.SimpleQueue()
        self._arrivals: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._worker = Worker(world, name, self._wait, skew_s=skew_s)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.at = self._arrivals.get(timeout=10)

    def step(self, fault: Fault = Fault.NONE) -> None:
        """Let the worker make its next call. Raises what a check of the delivery found."""
        self._faults.put(fault)
        self.at = self._arrivals.get(timeout=10)
        if self.at is None:
            self._thread.join(timeout=10)
            if isinstance(self._error, AssertionError):
                raise self._error

    def finish(self) -> None:
        """Let the worker go on to its end."""
        while self.at is not None:
            self.step()

    def _wait(self, request: Request) -> Fault:
        self._arrivals.put(request)
        return self._faults.get(timeout=10)

    def _run(self) -> None:
        try:
            self._worker.deliver()
        except BaseException as error:  # noqa: BLE001 - the thread's outermost frame
            self._error = error
        finally:
            self._arrivals.put(None)


class _Bucket:
    """The part of a bucket that effects and leases use, through a worker's gate."""

    def __init__(self, store: MemoryStore, world: World, worker: Worker) -> None:
        self._store = store
        self._world = world
        self._worker = worker

    @property
    def bucket(self) -> str:
        return self._store.bucket

    def stat(self, name: str) -> ObjectInfo | None:
        return self._worker.call("stat", name, lambda: self._store.stat(name))

    def read(self, name: str, *, generation: int | None = None) -> bytes:
        return self._worker.call("read", name, lambda: self._store.read(name, generation=generation))

    def create(self, name: str, data: bytes, *, content_type: str = "application/json") -> ObjectInfo:
        def perform() -> ObjectInfo:
            info = self._store.create(name, data, content_type=content_type)
            self._written(name, data)
            return info

        return self._worker.call("create", name, perform, _refuse)

    def replace(self, name: str, data: bytes, *, generation: int, content_type: str = "application/json") -> ObjectInfo:
        def perform() -> ObjectInfo:
            info = self._store.replace(name, data, generation=generation, content_type=content_type)
            self._written(name, data)
            return info

        return self._worker.call("replace", name, perform, _refuse)

    def delete(self, name: str, *, generation: int) -> bool:
        def perform() -> bool:
            mine = name not in self._store.names or self._worker.owns(self._store.content(name))
            deleted = self._store.delete(name, generation=generation)
            if deleted and not mine:
                self._world.foreign_deletes.append(name)
            return deleted

        return self._worker.call("delete", name, perform, lambda: False)

    def chunks(self, name: str, *, generation: int | None = None) -> Iterator[bytes]:
        raise NotImplementedError

    def upload(self, name: str, source: Path, *, content_type: str = "application/octet-stream") -> ObjectInfo:
        raise NotImplementedError

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        raise NotImplementedError

    def _written(self, name: str, data: bytes) -> None:
        raise NotImplementedError


class _Results(_Bucket):
    def __init__(self, world: World, worker: Worker) -> None:
        super().__init__(world.results, world, worker)

    def _written(self, name: str, data: bytes) -> None:
        self._world.commits.append(name)


class _LeaseBucket(_Bucket):
    def __init__(self, world: World, worker: Worker) -> None:
        super().__init__(world.leases, world, worker)

    def _written(self, name: str, data: bytes) -> None:
        self._worker.writes_lease(data)


class _Topic:
    def __init__(self, world: World, worker: Worker) -> None:
        self._world = world
        self._worker = worker

    def publish(self, event: Event) -> None:
        def perform() -> None:
            assert event.object.name in self._world.results.names, "an event points at nothing"
            self._world.topic.publish(event)

        self._worker.call("publish", event.object.name, perform, perform)


def _refuse() -> NoReturn:
    raise PreconditionFailed("somebody, perhaps this very client, was faster")
