"""An entry in pieces that a model can read: whole sentences, neighbours sharing some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def windows(lengths: Sequence[int], *, budget: int, overlap: int) -> Iterator[range]:
    """Ranges of sentences whose `lengths` in tokens add up to at most `budget`; together they cover every sentence.

    A window begins with the last sentences of the one before it, as far as they fit into `overlap`, and always brings
    a sentence that is new. A single sentence above the budget has a window of its own. Linear time.
    """
    start = 0
    while start < len(lengths):
        end, total = start + 1, lengths[start]
        while end < len(lengths) and total + lengths[end] <= budget:
            total += lengths[end]
            end += 1
        yield range(start, end)
        if end == len(lengths):
            return
        # The shared sentences must leave room for the first new one.
        room = min(overlap, budget - lengths[end])
        while end - 1 > start and lengths[end - 1] <= room:
            end -= 1
            room -= lengths[end]
        start = end
