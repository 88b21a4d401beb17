"""Which opportunity of which fault is taken, from the seed alone, and a count of what really happened."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping

from tests.chaos.kinds import KINDS

_CERTAIN_BY = 20  # opportunities, after which a frequent kind is taken until it has come about once
_AGAIN_AFTER = 40  # opportunities that a fault which did not come about lets pass


class Tally:
    """How often each kind of fault came about. Safe to share among threads."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, kind: str) -> None:
        """It came about."""
        if kind not in KINDS:
            raise KeyError(kind)
        with self._lock:
            self._counts[kind] += 1

    def __getitem__(self, kind: str) -> int:
        with self._lock:
            return self._counts[kind]

    def counts(self) -> Mapping[str, int]:
        """Every kind, also those that never came about."""
        with self._lock:
            return {kind: self._counts[kind] for kind in KINDS}


class Schedule:
    """Says at each opportunity of a fault whether it is taken.

    The n-th opportunity of a kind is always answered alike under one seed; which call becomes the n-th is up to the
    processes. A kind that was taken without coming about is taken again. `calm` ends all faults.
    """

    def __init__(self, seed: int, recordings: int) -> None:
        draw = random.Random(f"chaos {seed}")
        self.seed = seed
        self.tally = Tally()
        # Not every kind can strike every call: of all calls this disturbs 10 to 30 %, and the report says how many.
        self._store_rate = draw.uniform(0.16, 0.40)
        self._shares = sum(kind.share for kind in KINDS.values())
        self._chosen = {name: _opportunities(draw, name, recordings) for name in KINDS}
        self._met: Counter[str] = Counter()
        self._last_taken: dict[str, int] = {}
        self._kills = 0
        self._lock = threading.Lock()
        self._calm = threading.Event()

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._calm.set()

    @property
    def is_calm(self) -> bool:
        """Whether the faults have ended."""
        return self._calm.is_set()

    def takes(self, kind: str) -> bool:
        """Whether this opportunity is taken."""
        wanted = KINDS[kind]
        with self._lock:
            self._met[kind] += 1
            number = self._met[kind]
        if self._calm.is_set():
            return False
        if wanted.rate or wanted.share:
            rate = wanted.rate or self._store_rate * wanted.share / self._shares
            missed = number > _CERTAIN_BY and not self.tally[kind]
            return missed or self.draw(kind, number).random() < rate
        return self._takes_rare(kind, number)

    def spares_a_recovery(self) -> bool:
        """Whether the effect of this kill is left alone from now on, so that its recovery can be held to the bound.

        Every second one, once takeovers have met their own faults, for which few opportunities come.
        """
        if any(kind.scarce and not self.tally[name] for name, kind in KINDS.items()):
            return False
        with self._lock:
            self._kills += 1
            return self._kills % 2 == 1

    def draw(self, *about: object) -> random.Random:
        """Chance that depends on the seed and on what it is about."""
        return random.Random(f"chaos {self.seed} {about}")

    def _takes_rare(self, kind: str, number: int) -> bool:
        chosen = self._chosen[kind]
        with self._lock:
            again_after = 1 if KINDS[kind].scarce else _AGAIN_AFTER
            rested = number - self._last_taken.get(kind, -again_after) >= again_after
            missed = number > min(chosen, default=0) and self.tally[kind] == 0 and rested
            if number in chosen or missed:
                self._last_taken[kind] = number
                return True
            return False


def _opportunities(draw: random.Random, name: str, recordings: int) -> frozenset[int]:
    """Which opportunities of a rare kind are taken, counted from 1: one early on, the others anywhere."""
    kind = KINDS[name]
    times = kind.times + round(kind.per_thousand * recordings / 1000)
    if not kind.times:
        return frozenset()
    until = 2 * times if kind.scarce else 3 * recordings
    later = draw.sample(range(2, until + 1), times - 1) if times > 1 else []
    return frozenset({1 if kind.scarce else draw.randint(2, max(3, min(30, recordings // 2))), *later})
