"""Entries of several posts: what is felt in one of them, and what is not felt in any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]

JOINED = 150
"""Entries with each emotion, and as many without it, at each length."""


@dataclass(frozen=True)
class JudgedEntries:
    """`posts`: which posts each entry consists of. `judged`: per emotion, which entries, and which of them have it.

    An entry has the emotions of all its posts.
    """

    posts: Sequence[Sequence[int]]
    judged: Sequence[tuple[npt.NDArray[np.int64], Bools]]


def entries_of(present: Bools, length: int, seed: int) -> JudgedEntries:
    """Entries of `length` posts each, from the emotions of the posts, [posts, emotions]; drawn by `seed`.

    Length 1: the posts as they are. Beyond, for each emotion, entries of which exactly one post has it, and entries of
    which none has: with posts drawn freely, nearly every long entry would have what two thirds of the posts have. Of a
    kind of post that there is none of, no entries are drawn.
    """
    if length == 1:
        everything = np.arange(len(present))
        return JudgedEntries([[post] for post in everything.tolist()], [(everything, each) for each in present.T])
    posts: list[list[int]] = []
    judged = []
    for emotion, each in enumerate(present.T):
        start = len(posts)
        draw = np.random.default_rng((seed, length, emotion))
        having, lacking = np.flatnonzero(each), np.flatnonzero(~each)
        if len(having) and len(lacking):
            # Posts come back only where there are too few of them.
            again = len(lacking) < length
            for turn in range(JOINED):
                rest = draw.choice(lacking, length - 1, replace=again)
                posts.append([int(having[turn % len(having)]), *rest.tolist()])
                posts.append(draw.choice(lacking, length, replace=again).tolist())
        entries = np.arange(start, len(posts))
        judged.append((entries, (entries - start) % 2 == 0))
    return JudgedEntries(posts, judged)
