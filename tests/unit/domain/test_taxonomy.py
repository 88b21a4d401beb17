"""The vocabularies of emotion and the roll-ups between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.taxonomy import (
    EKMAN,
    GROUP_THRESHOLD,
    HINT_WEIGHT,
    JOURNAL,
    LABELS,
    NAMED_PROBABILITY,
    ekman_scores,
    intensity,
    journal_scores,
    valence,
)

VECTORS = st.lists(st.floats(0, 1), min_size=len(LABELS), max_size=len(LABELS))
NAMED = st.sets(st.sampled_from(["calm", "content", "overwhelmed", "proud", "tired"]))


def vector(**probabilities: float) -> list[float]:
    """Probabilities of all labels, 0 where not given."""
    return [probabilities.get(label, 0.0) for label in LABELS]


def test_ekman_groups_hold_every_emotion_once() -> None:
    """The 27 labels other than neutral are divided among Ekman's six."""
    grouped = [label for labels in EKMAN.values() for label in labels]

    assert sorted(set(LABELS) - {"neutral"}) == sorted(grouped)


def test_journal_has_the_twelve_emotions_of_the_product() -> None:
    """In alphabetical order, made of labels that exist, none of which is a sign and a hint of the same emotion."""
    used = {label for signs in JOURNAL.values() for label in (*signs.labels, *signs.hints)}

    assert (
        " ".join(JOURNAL)
        == "anxious calm content excited frustrated grateful happy hopeful overwhelmed proud sad tired"
    )
    assert used < set(LABELS)
    assert all(set(signs.labels).isdisjoint(signs.hints) for signs in JOURNAL.values())


def test_a_group_is_at_least_as_probable_as_its_labels() -> None:
    """Anger and annoyance together make anger more probable than either, and touch no other group."""
    scores = ekman_scores(vector(anger=0.5, annoyance=0.4))

    assert pytest.approx(0.7) == scores["anger"]
    assert sum(score for group, score in scores.items() if group != "anger") == 0


def test_neutral_is_no_feeling() -> None:
    """A sentence that is surely neutral is neither calm nor anything else, and has no intensity."""
    neutral = vector(neutral=1.0)

    scores = {**ekman_scores(neutral), **journal_scores(neutral)}

    assert {0.0} == set(scores.values())
    assert 0 == valence(neutral) == intensity(neutral)


def test_hints_never_decide() -> None:
    """Every label that is only a hint of an emotion, all of them sure: still below the threshold."""
    for emotion, signs in JOURNAL.items():
        hinted = journal_scores(vector(**dict.fromkeys(signs.hints, 1.0)))

        assert hinted[emotion] <= HINT_WEIGHT < GROUP_THRESHOLD


def test_a_named_feeling_is_present() -> None:
    """Tired and overwhelmed, which GoEmotions does not know, come from the writer's own word."""
    scores = journal_scores(vector(neutral=0.6), {"tired"})

    assert pytest.approx(scores["tired"]) == NAMED_PROBABILITY
    assert scores["overwhelmed"] == 0


def test_valence_follows_the_feeling() -> None:
    """Joy is pleasant, grief is not, both together cancel out, doubt pulls to the middle."""
    joy, grief = vector(joy=0.9), vector(grief=0.9)

    assert valence(joy) > 0.8
    assert valence(grief) < -0.8
    assert abs(valence(vector(joy=0.9, grief=0.9))) < 0.1
    assert 0 < valence(vector(joy=0.2)) < 0.25
    assert valence(vector(), {"overwhelmed"}) < -0.4


def test_intensity_tells_strong_feelings_from_mild_ones() -> None:
    """Sure approval is mild, sure fear is strong, and a guess is weaker than a sure reading."""
    assert intensity(vector(approval=0.9)) < intensity(vector(fear=0.5)) < intensity(vector(fear=0.9))
    assert intensity(vector(neutral=0.9), {"overwhelmed"}) > 0.5


@given(VECTORS, NAMED)
def test_scores_stay_in_their_ranges(probabilities: list[float], named: set[str]) -> None:
    """Any probabilities: group scores and intensity in [0, 1], valence in [-1, 1]."""
    scores = [*ekman_scores(probabilities).values(), *journal_scores(probabilities, named).values()]

    assert all(0 <= score <= 1 for score in scores)
    assert -1 <= valence(probabilities, named) <= 1
    assert 0 <= intensity(probabilities, named) <= 1
