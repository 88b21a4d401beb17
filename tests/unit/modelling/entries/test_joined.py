"""Long entries made of posts."""

from __future__ import annotations

import numpy as np

from samo.modelling.entries.joined import JOINED, entries_of

PRESENT = np.zeros((40, 3), dtype=np.bool_)
PRESENT[:5, 0] = True
PRESENT[:30, 1] = True


def test_a_single_post_is_an_entry_as_it_is() -> None:
    """Every post once, with its own emotions."""
    entries = entries_of(PRESENT, 1, seed=0)

    assert entries.posts == [[post] for post in range(40)]
    for (rows, present), emotion in zip(entries.judged, PRESENT.T, strict=True):
        assert rows.tolist() == list(range(40))
        assert (present == emotion).all()


def test_one_post_of_a_joined_entry_has_the_emotion_or_none() -> None:
    """As many entries of either kind; no post twice while there are enough of them."""
    entries = entries_of(PRESENT, 4, seed=0)

    for emotion, (rows, present) in enumerate(entries.judged[:2]):
        assert len(rows) == 2 * JOINED
        for row, having in zip(rows.tolist(), present.tolist(), strict=True):
            assert PRESENT[entries.posts[row], emotion].sum() == having
            assert len(set(entries.posts[row])) == 4
    assert {entries.posts[row][0] for row in entries.judged[0][0][::2].tolist()} == set(range(5))


def test_what_no_post_has_gives_no_entries() -> None:
    """There is nothing to join for the third emotion."""
    rows, present = entries_of(PRESENT, 4, seed=0).judged[2]

    assert len(rows) == len(present) == 0


def test_where_few_posts_lack_the_emotion_they_come_again() -> None:
    """Ten posts fill an entry of sixteen."""
    entries = entries_of(PRESENT, 16, seed=0)

    row = int(entries.judged[1][0][1])
    assert len(entries.posts[row]) == 16
    assert set(entries.posts[row]) <= set(range(30, 40))


def test_the_seed_alone_decides() -> None:
    """The same figures on every run."""
    one, same, other = (entries_of(PRESENT, 4, seed).posts for seed in (1, 1, 2))

    assert one == same != other
