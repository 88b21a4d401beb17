"""Which recoveries are held to the bound, and that one beyond it is found."""

from __future__ import annotations

import time

from tests.chaos.ledger import Ledger, Recovery
from tests.chaos.report import recoveries

EFFECT = ("emotion", 7)


def a_recovery(waited_s: float | None, *, alone: bool = True) -> Recovery:
    """Of a worker that was killed at work."""
    return Recovery("kill at work", EFFECT, seconds=waited_s, waited_s=waited_s, alone=alone)


def test_a_recovery_that_is_late_or_never_came_is_beyond_the_bound() -> None:
    """Those that something else befell are counted, and not judged."""
    found = recoveries([a_recovery(2.0), a_recovery(9.0), a_recovery(None), a_recovery(30.0, alone=False)], bound_s=8.0)

    assert (found.kills, found.alone, found.within_bound, found.longest_wait_s) == (4, 3, 1, 9.0)


def test_an_effect_that_meets_another_fault_is_not_alone() -> None:
    """One that is left alone is."""
    for disturbed in (False, True):
        ledger = Ledger()
        ledger.killed("kill at work", EFFECT, spare=not disturbed)
        if disturbed:
            ledger.disturbed(EFFECT)
        ledger.delivered(EFFECT, began=time.monotonic(), status=503)
        ledger.delivered(EFFECT, began=time.monotonic(), status=200)

        [recovery] = ledger.recoveries(bound_s=8.0)
        assert recovery.seconds is not None
        assert recovery.alone is not disturbed
        assert ledger.is_spared(EFFECT) is not disturbed


def test_an_effect_that_was_acknowledged_before_the_kill_has_nothing_to_recover() -> None:
    """Of two copies of an event one is answered while the other is still about to release its lease, and dies there."""
    ledger = Ledger()
    ledger.delivered(EFFECT, began=time.monotonic(), status=200)
    ledger.killed("kill before release", EFFECT, spare=True)

    [recovery] = ledger.recoveries(bound_s=8.0)

    assert recovery.seconds is None
    assert not recovery.alone
