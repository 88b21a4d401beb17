"""The choice among the versions of a channel."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from samo.inference.model_store.channels import choose_version

VERSION = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,12}", fullmatch=True)
WEIGHT = st.floats(min_value=0.01, max_value=100)
VERSIONS = st.dictionaries(VERSION, WEIGHT, min_size=1, max_size=5)
KEY = st.text(max_size=40)
KEYS = [f"user/{number}.m4a" for number in range(4_000)]


def chosen(versions: dict[str, float], keys: list[str] = KEYS) -> dict[str, str]:
    """The version of each key."""
    return {key: choose_version(versions, task="emotion", key=key) for key in keys}


@given(versions=VERSIONS, key=KEY)
def test_the_order_in_which_versions_are_listed_does_not_matter(versions: dict[str, float], key: str) -> None:
    """Two readers of one channel file agree, however their parser orders the keys."""
    backwards = dict(reversed(versions.items()))

    assert choose_version(versions, task="emotion", key=key) == choose_version(backwards, task="emotion", key=key)


@given(versions=VERSIONS, key=KEY, factor=st.sampled_from([0.125, 2.0, 64.0]))
def test_only_the_proportion_of_weights_matters(versions: dict[str, float], key: str, factor: float) -> None:
    """9 : 1 is 90 : 10; here times powers of two, for which products are exact."""
    scaled = {version: weight * factor for version, weight in versions.items()}

    assert choose_version(versions, task="emotion", key=key) == choose_version(scaled, task="emotion", key=key)


@given(versions=VERSIONS, added=VERSION, weight=WEIGHT, key=KEY)
def test_a_new_version_takes_keys_but_moves_none_between_the_others(
    versions: dict[str, float], added: str, weight: float, key: str
) -> None:
    """Minimal movement: after adding a version a key has it, or what it had before."""
    assume(added not in versions)
    before = choose_version(versions, task="emotion", key=key)

    after = choose_version({**versions, added: weight}, task="emotion", key=key)

    assert after in (before, added)


@given(versions=VERSIONS, key=KEY, growth=st.floats(min_value=1, max_value=50), data=st.data())
def test_a_greater_weight_moves_keys_only_towards_its_version(
    versions: dict[str, float], key: str, growth: float, data: st.DataObject
) -> None:
    """Minimal movement: raising one weight leaves a key where it is, or moves it to the version raised."""
    raised = data.draw(st.sampled_from(sorted(versions)))
    before = choose_version(versions, task="emotion", key=key)

    after = choose_version({**versions, raised: versions[raised] * growth}, task="emotion", key=key)

    assert after in (before, raised)


# A statement about chance: drawn anew on each run it would fail once in a thousand.
@settings(max_examples=25, deadline=None, derandomize=True)
@given(versions=st.dictionaries(VERSION, st.floats(min_value=0.1, max_value=10), min_size=2, max_size=4))
def test_shares_follow_the_weights(versions: dict[str, float]) -> None:
    """Over 4,000 keys each version's share is its weight's, within five standard errors."""
    counts = Counter(chosen(versions).values())

    total = sum(versions.values())
    for version, weight in versions.items():
        share = weight / total
        assert counts[version] / len(KEYS) == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / len(KEYS)))


def test_a_canary_of_ten_percent_moves_ten_percent() -> None:
    """Going from one version to 9 : 1 changes the model of about one entry in ten, no more."""
    before = chosen({"v1": 1.0})

    after = chosen({"v1": 0.9, "v2": 0.1})

    assert sum(before[key] != after[key] for key in KEYS) / len(KEYS) == pytest.approx(0.1, abs=0.02)


def test_the_same_key_meets_the_same_version_in_another_process() -> None:
    """The choice depends on no process-wide seed, as Python's own `hash` does."""
    script = (
        "from samo.inference.model_store.channels import choose_version\n"
        "print([choose_version({'v1': 2, 'v2': 1}, task='emotion', key=f'user/{n}.m4a') for n in range(50)])"
    )

    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()

    assert there == str(list(chosen({"v1": 2, "v2": 1}, KEYS[:50]).values()))


def test_the_choice_is_the_same_in_every_release() -> None:
    """Frozen choices: a change of the rule would move entries that are being retried."""
    frozen = ["v2", "v2", "v2", "v2", "v2", "v1", "v1", "v1"]

    assert frozen == [choose_version({"v1": 1, "v2": 1}, task="emotion", key=key) for key in KEYS[:8]]


def test_experiments_on_two_tasks_are_independent() -> None:
    """Of the entries with emotion v2, summarization gives v2 to its own share and not to all."""
    versions = {"v1": 1.0, "v2": 1.0}
    in_emotion = [key for key, version in chosen(versions).items() if version == "v2"]

    also = [key for key in in_emotion if choose_version(versions, task="summarization", key=key) == "v2"]

    assert len(also) / len(in_emotion) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, math.inf, -math.inf])
def test_a_weight_that_is_no_positive_number_is_refused(weight: float) -> None:
    """The reason names the version and its weight."""
    with pytest.raises(ValueError, match="'v2'") as refused:
        choose_version({"v1": 1.0, "v2": weight}, task="emotion", key="user/a.m4a")

    assert str(weight) in str(refused.value)


def test_an_empty_channel_is_refused() -> None:
    """Nothing to choose from is an error with a reason, not an IndexError."""
    with pytest.raises(ValueError, match="no version is listed"):
        choose_version({}, task="emotion", key="user/a.m4a")


@pytest.mark.parametrize("weight", [5e-324, 1.7e308])
def test_extreme_weights_still_give_a_version(weight: float) -> None:
    """The smallest and the greatest double neither divide by zero nor overflow into an error."""
    assert choose_version({"v1": weight, "v2": weight}, task="emotion", key="user/a.m4a") in ("v1", "v2")
