"""One effect from at-least-once delivery: the real runner and leases, with crashes, lost replies and expiries between.

Whatever happens to up to three workers: one completion record, at least one event and each of the same identity, no
lease deleted by anybody but its owner, and a redelivery that completes what was left undone. Where a worker fails for
good while another one succeeds there may be two records; then the result has the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count, product
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from samo.domain.errors import TransientError
from samo.stages.effect import Outcome
from tests.fakes.object_store import Request
from tests.unit.effect_workers import (
    FAILURE,
    LEASE_S,
    RESULT,
    SKEW_S,
    Crash,
    Fault,
    Gate,
    SteppedWorker,
    Worker,
    World,
)

FAULTS = [fault for fault in Fault if fault is not Fault.NONE]
SLOTS = ("ann", "ben", "cem")

# The longest way through an effect: takeover of an expired lease, and a commit that somebody else made.
MOST_CALLS = 14


class AtCall:
    """A gate that does something ahead of one call, counted from 0, and lets all others pass; `met` is that call."""

    def __init__(self, number: int, act: Callable[[], Fault]) -> None:
        self._number = number
        self._act = act
        self._calls = 0
        self.met: Request | None = None

    def __call__(self, request: Request) -> Fault:
        """Count the call."""
        number, self._calls = self._calls, self._calls + 1
        assert number < MOST_CALLS, "the loops below do not reach every call"
        if number != self._number:
            return Fault.NONE
        self.met = request
        return self._act()


class AtOperation:
    """A gate that gives a fault to the first call of this kind."""

    def __init__(self, operation: str, fault: Fault) -> None:
        self._operation = operation
        self._fault = fault

    def __call__(self, request: Request) -> Fault:
        """Recognise the call."""
        if request.operation != self._operation:
            return Fault.NONE
        fault, self._fault = self._fault, Fault.NONE
        return fault


def undisturbed(_: Request) -> Fault:
    """A gate that lets everything pass."""
    return Fault.NONE


def deliver(world: World, name: str, gate: Gate) -> Outcome | None:
    """How the delivery was acknowledged; None if it was not."""
    try:
        return Worker(world, name, gate).deliver()
    except (Crash, TransientError):
        return None


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
def test_an_undisturbed_delivery_commits_publishes_and_leaves_no_lease(failing: bool) -> None:
    """The shortest way: one record, one event."""
    world = World(failing=failing)

    outcome = deliver(world, "ann", undisturbed)

    assert outcome is not None
    assert ("failed" if failing else "committed") == outcome.ended
    assert len(world.topic.events) == 1
    assert world.leases.names == []


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
def test_what_was_committed_before_a_crash_is_announced_at_the_next_delivery(failing: bool) -> None:
    """Not only when the dead worker's lease has run out: nobody has to work any more."""
    world = World(failing=failing)
    deliver(world, "ann", AtOperation("publish", Fault.CRASH_BEFORE))
    assert world.topic.events == []

    outcome = deliver(world, "ben", undisturbed)

    assert outcome is not None
    assert outcome.ended == "replayed"
    assert len(world.topic.events) == 1
    assert world.works == ["ann"]


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
def test_an_effect_whose_lease_cannot_be_released_is_acknowledged(failing: bool) -> None:
    """The lease runs out by itself; to do everything again would be worse."""
    world = World(failing=failing)

    outcome = deliver(world, "ann", AtOperation("delete", Fault.REFUSED))

    assert outcome is not None
    assert len(world.leases.names) == 1


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
def test_an_event_that_could_not_be_handed_over_is_published_by_the_redelivery(failing: bool) -> None:
    """The delivery is not acknowledged, and its lease is given back for the next one."""
    world = World(failing=failing)

    outcome = deliver(world, "ann", AtOperation("publish", Fault.REFUSED))

    assert outcome is None
    assert world.leases.names == []
    assert deliver(world, "ben", undisturbed) is not None
    assert len(world.topic.events) == 1


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value)
def test_after_a_fault_at_any_call_one_redelivery_completes(fault: Fault, failing: bool) -> None:
    """It comes when the lease of a crashed worker has run out."""
    for number in range(MOST_CALLS):
        world = World(failing=failing)
        deliver(world, "ann", AtCall(number, lambda: fault))
        world.expire_leases()

        outcome = deliver(world, "ben", undisturbed)

        assert outcome is not None, f"call {number}"


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
@pytest.mark.parametrize(("first", "second"), list(product(FAULTS, FAULTS)), ids=lambda fault: fault.value)
def test_after_faults_at_any_calls_of_two_deliveries_a_third_completes(
    first: Fault, second: Fault, failing: bool
) -> None:
    """Each pair of calls, with the lease expired before the redelivery and not."""
    for number, redelivered, expired in product(range(MOST_CALLS), range(MOST_CALLS), (True, False)):
        world = World(failing=failing)
        deliver(world, "ann", AtCall(number, lambda: first))
        if expired:
            world.expire_leases()
        deliver(world, "ben", AtCall(redelivered, lambda: second))
        world.expire_leases()

        outcome = deliver(world, "cem", undisturbed)

        assert outcome is not None, f"calls {number} and {redelivered}, expired: {expired}"


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
@pytest.mark.parametrize("second_expired", [False, True])
@pytest.mark.parametrize("first_expired", [False, True])
def test_workers_that_overtake_each_other_at_any_call_agree(
    first_expired: bool, second_expired: bool, failing: bool
) -> None:
    """A second delivery runs within any call of the first, and a third within any call of the second."""
    for number, nested in product(range(MOST_CALLS), range(MOST_CALLS)):
        world = World(failing=failing)

        def third(world: World = world) -> Fault:
            if second_expired:
                world.expire_leases()
            deliver(world, "cem", undisturbed)
            return Fault.NONE

        def second(world: World = world, nested: int = nested, third: Callable[[], Fault] = third) -> Fault:
            if first_expired:
                world.expire_leases()
            deliver(world, "ben", AtCall(nested, third))
            return Fault.NONE

        deliver(world, "ann", AtCall(number, second))

        world.check()
        if not first_expired and not second_expired:
            assert len(world.works) == 1, f"calls {number} and {nested}"


def test_a_failure_that_comes_after_a_result_is_dropped() -> None:
    """A worker slower than its lease fails, and another one succeeds within any of its calls: the result is told.

    One moment is left: the other one's result arrives between the look for it and the commit of the failure.
    """
    for number in range(MOST_CALLS):
        world = World(failing=False, dissenter="ann")
        gate = AtCall(number, lambda world=world: overtaken(world))  # type: ignore[misc]

        deliver(world, "ann", gate)

        both = sorted([RESULT, FAILURE]) == world.results.names
        assert both == (gate.met == Request("create", FAILURE))
        assert deliver(world, "cem", undisturbed) is not None
        world.check_last_word()


def test_a_result_that_comes_after_a_failure_has_the_last_word() -> None:
    """A worker slower than its lease succeeds, and another one fails within any of its calls: the result stays."""
    for number in range(MOST_CALLS):
        world = World(failing=False, dissenter="ben")
        gate = AtCall(number, lambda world=world: overtaken(world))  # type: ignore[misc]

        deliver(world, "ann", gate)

        assert deliver(world, "cem", undisturbed) is not None
        assert (RESULT in world.commits) == ("ann" in world.works)
        world.check_last_word()


def overtaken(world: World) -> Fault:
    """The lease runs out, and another worker takes over."""
    world.expire_leases()
    deliver(world, "ben", undisturbed)
    return Fault.NONE


@pytest.mark.parametrize("failing", [False, True], ids=["result", "failure"])
@pytest.mark.parametrize("skews", list(product((-SKEW_S, SKEW_S), repeat=2)), ids=str)
def test_workers_whose_clocks_differ_agree(skews: tuple[float, float], failing: bool) -> None:
    """A second delivery, by another clock, within any call of the first, at any time around the end of its lease.

    Whoever's clock is ahead takes over early, whoever's is behind late: that costs work, never a second record.
    """
    for number, elapsed_s in product(range(MOST_CALLS), (0.0, LEASE_S - 2 * SKEW_S, LEASE_S, LEASE_S + 2 * SKEW_S)):
        world = World(failing=failing)

        def second(world: World = world, elapsed_s: float = elapsed_s) -> Fault:
            world.clock.advance(elapsed_s)
            with suppress(TransientError):
                Worker(world, "ben", undisturbed, skew_s=skews[1]).deliver()
            return Fault.NONE

        with suppress(TransientError):
            Worker(world, "ann", AtCall(number, second), skew_s=skews[0]).deliver()

        world.expire_leases()
        assert deliver(world, "cem", undisturbed) is not None
        world.check()
        if elapsed_s == 0.0:
            assert len(world.works) == 1, f"call {number}"


class ThreeWorkers(RuleBasedStateMachine):
    """Any schedule of three deliveries at a time, call by call, with faults, expiries, redeliveries and wrong clocks.

    `states` and `steps` count what all runs together have seen; `python -m tests.unit.explore_protocol` prints them.
    """

    states: ClassVar[set[int]] = set()
    steps: ClassVar[int] = 0

    @initialize(
        failing=st.booleans(),
        dissenter=st.sampled_from([None, *SLOTS]),
        skews=st.tuples(*[st.sampled_from([0.0, -SKEW_S, SKEW_S])] * len(SLOTS)),
    )
    def begin(self, failing: bool, dissenter: str | None, skews: tuple[float, ...]) -> None:
        """Nobody is at work; the recording is one that can be summarised, or cannot, or only some of them can."""
        self.skews = dict(zip(SLOTS, skews, strict=True))
        self.world = World(failing=failing, dissenter=dissenter)
        self.slots: dict[str, SteppedWorker | None] = dict.fromkeys(SLOTS)
        self.deliveries = count()
        self.undisturbed = True

    @rule(slot=st.sampled_from(SLOTS))
    def redeliver(self, slot: str) -> None:
        """A delivery begins, unless this worker is still at one."""
        if self.slots[slot] is None:
            self.slots[slot] = SteppedWorker(self.world, f"{slot} {next(self.deliveries)}", skew_s=self.skews[slot])

    @rule(slot=st.sampled_from(SLOTS), calls=st.integers(1, 8))
    def go_on(self, slot: str, calls: int) -> None:
        """Some calls without a fault."""
        for _ in range(calls):
            self._step(slot, Fault.NONE)

    @rule(slot=st.sampled_from(SLOTS), fault=st.sampled_from(FAULTS))
    def go_wrong(self, slot: str, fault: Fault) -> None:
        """One call with a fault."""
        self._step(slot, fault)

    @precondition(lambda self: self.world.leases.names)
    @rule()
    def expire(self) -> None:
        """Every lease runs out, whoever is still at work."""
        self.undisturbed = False
        self.world.expire_leases()

    @precondition(lambda self: self.world.leases.names)
    @rule(seconds=st.sampled_from([SKEW_S, LEASE_S - SKEW_S, LEASE_S]))
    def pass_time(self, seconds: float) -> None:
        """Leases run out for some clocks and not for others."""
        self.undisturbed = False
        self.world.clock.advance(seconds)

    @invariant()
    def one_at_work(self) -> None:
        """As long as no lease has run out, at most one worker works."""
        at_work = [worker for worker in self.slots.values() if worker and worker.at and worker.at.operation == "work"]
        assert len(at_work) <= 1 or not self.undisturbed

    @invariant()
    def one_result(self) -> None:
        """Never a second completion record, but for a dissenter's, and never a foreign lease deleted."""
        self.world.check_commits()
        at = tuple(worker and worker.at for worker in self.slots.values())
        stored = (tuple(self.world.results.names), tuple(self.world.leases.names), len(self.world.topic.events))
        type(self).states.add(hash((at, stored, tuple(self.world.works), tuple(self.skews.values()))))

    def teardown(self) -> None:
        """Redelivery goes on until it is acknowledged; then whoever was slow wakes up."""
        if not hasattr(self, "world"):
            return
        self.world.expire_leases()
        assert deliver(self.world, "last", undisturbed) is not None
        self.world.check_last_word()
        for worker in self.slots.values():
            if worker is not None:
                worker.finish()
        self.world.check()

    def _step(self, slot: str, fault: Fault) -> None:
        worker = self.slots[slot]
        if worker is None:
            return
        worker.step(fault)
        type(self).steps += 1
        if worker.at is None:
            self.slots[slot] = None


TestThreeWorkers = ThreeWorkers.TestCase
TestThreeWorkers.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
