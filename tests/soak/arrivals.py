"""Requests that arrive when they arrive, whether or not the ones before are done: an open loop.

A closed loop, in which a client waits for its answer, sends less the slower the service gets, and so never sees what
people see (the "coordinated omission" of Gil Tene). Here a request has its moment before the run begins, and its
latency counts from that moment, even when the sender itself is late.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import msgspec

SENDERS = 128
"""Requests under way at once, at most. One that waits for a sender waits on the service's account."""

Arrivals = Literal["poisson", "constant"]


class Answer(msgspec.Struct, frozen=True):
    """What became of one request: seconds from the start of the run to its moment, and from there to its answer."""

    due_s: float
    latency_s: float
    late_s: float
    accepted: bool


def moments(per_minute: float, seconds: float, arrivals: Arrivals, *, seed: int) -> list[float]:
    """The moments of all requests, in seconds from the start."""
    if arrivals == "constant":
        return [number * 60 / per_minute for number in range(round(per_minute * seconds / 60))]
    chance, moment, due = random.Random(seed), 0.0, []
    while (moment := moment + chance.expovariate(per_minute / 60)) < seconds:
        due.append(moment)
    return due


def send_all(due: Sequence[float], send: Callable[[int], bool]) -> list[Answer]:
    """Call `send` with the number of each request at its moment; returns when the last one is answered."""
    started = time.perf_counter()

    def send_one(number: int) -> Answer:
        sent_s = time.perf_counter() - started
        accepted = send(number)
        return Answer(due[number], time.perf_counter() - started - due[number], sent_s - due[number], accepted)

    with ThreadPoolExecutor(SENDERS) as senders:
        answers = []
        for number, moment in enumerate(due):
            time.sleep(max(0.0, started + moment - time.perf_counter()))
            answers.append(senders.submit(send_one, number))
        return [answer.result() for answer in answers]
