"""How the local stack repeats what was not acknowledged, and how long its leases last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from samo.local.functions import Functions, Surroundings, serve
from samo.local.processes import Process, Processes
from samo.local.topology import BACKOFF_S, STAGES, Delivery

FUNCTIONS = Path(__file__).parents[3] / "functions"


class Answering(Process):
    """A process that is ready at once."""

    def __init__(self) -> None:
        """Nothing is started."""

    def wait_for_http(self, url: str, *, deadline_s: float) -> None:
        """Ready."""


class NotStarted(Processes):
    """Processes that keep the environments that they were to be started with."""

    def __init__(self) -> None:
        """Nothing is started."""
        self.environments: dict[str, Mapping[str, str]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Process:
        """Keep the environment."""
        self.environments[name] = environment
        return Answering()


def test_all_waits_together_outlast_a_lease() -> None:
    """Otherwise the event of a crashed worker becomes a dead letter while its lease is still held."""
    delivery = Delivery()

    assert delivery.total_backoff_s == BACKOFF_S * (delivery.attempts - 1)
    assert delivery.total_backoff_s > delivery.lease_s


@pytest.mark.parametrize("attempts", [2, 30, 91])
def test_a_lease_that_outlasts_all_waits_is_refused(attempts: int) -> None:
    """The emulator waits a second each time: 91 attempts wait for 90 s, which is no longer than the lease."""
    with pytest.raises(ValueError, match=r"a lease of 90\.0 s outlasts all waits together"):
        Delivery(attempts=attempts)


def test_every_function_is_told_how_long_a_lease_lasts() -> None:
    """The number that the waits were compared with."""
    processes = NotStarted()

    serve(Functions(FUNCTIONS), processes, Surroundings("h:1", "http://h:2", lease_s=12.0))

    leases = {stage: environment["SAMO_LEASE_S"] for stage, environment in processes.environments.items()}
    assert leases == dict.fromkeys(STAGES, "12.0")


def test_transcription_alone_hands_over_to_the_job_beside_it() -> None:
    """A long file in the inbox takes the way that it takes in the cloud, with a task for each processor at most."""
    processes = NotStarted()

    serve(Functions(FUNCTIONS), processes, Surroundings("h:1", "http://h:2", lease_s=12.0))

    jobs = {stage: environment.get("SAMO_JOB") for stage, environment in processes.environments.items()}
    assert jobs == {**dict.fromkeys(STAGES), "transcription": (FUNCTIONS / "transcription" / "job.py").as_uri()}
    assert int(processes.environments["transcription"]["SAMO_JOB_TASKS"]) >= 1
