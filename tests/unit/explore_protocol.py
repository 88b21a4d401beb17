"""Run the model of the protocol for longer than a test does, and say how much of it was seen.

python -m tests.unit.explore_protocol --schedules 5000
"""

from __future__ import annotations

import argparse
import logging
import sys

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.test_protocol import FAULTS, MOST_CALLS, ThreeWorkers


def main() -> int:
    """0 when no schedule broke the promise; a broken one is printed, at its shortest, and raised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=5000)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    run_state_machine_as_test(
        ThreeWorkers,
        settings=settings(
            max_examples=options.schedules,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    pairs = 2 * len(FAULTS) ** 2 * MOST_CALLS**2 * 2
    nested = 2 * 2 * 2 * MOST_CALLS**2
    print(f"schedules of three workers: {options.schedules}; calls made: {ThreeWorkers.steps}")  # noqa: T201
    print(f"different states of the three and of what is stored: {len(ThreeWorkers.states)}")  # noqa: T201
    print(f"besides, in the test, all pairs of faults: {pairs}; all overtakings of three: {nested}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
