"""Dead letters in memory, lent and given back."""

from __future__ import annotations

from collections.abc import Sequence

from samo.domain.errors import StoreUnavailable
from samo.ports import PulledLetter


class LetterQueue:
    """The `DeadLetterQueue` port; `waiting` holds the letters that nobody has, `lent` those that somebody has.

    `reachable = False` makes every call raise `StoreUnavailable`. A pull hands out at most `per_pull`.
    """

    def __init__(self, letters: Sequence[PulledLetter] = (), *, per_pull: int = 2) -> None:
        self.waiting = list(letters)
        self.lent: list[PulledLetter] = []
        self.reachable = True
        self._per_pull = per_pull

    def pull(self, limit: int) -> Sequence[PulledLetter]:
        """Borrow at most so many."""
        self._arrive()
        pulled = self.waiting[: min(limit, self._per_pull)]
        del self.waiting[: len(pulled)]
        self.lent += pulled
        return tuple(pulled)

    def acknowledge(self, letter: PulledLetter) -> None:
        """Take the letter away for good."""
        self._arrive()
        self.lent.remove(letter)

    def give_back(self, letters: Sequence[PulledLetter]) -> None:
        """Let the letters be pulled again."""
        self._arrive()
        for letter in letters:
            self.lent.remove(letter)
            self.waiting.append(letter)

    def expire(self) -> None:
        """Whoever had borrowed letters is gone."""
        self.waiting += self.lent
        self.lent = []

    def _arrive(self) -> None:
        if not self.reachable:
            raise StoreUnavailable("the queue cannot be reached")
