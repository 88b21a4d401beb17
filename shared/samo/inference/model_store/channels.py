"""Which version of a channel serves an entry: the same on every machine and every retry."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

from samo.inference.model_store.manifest import Task


def choose_version(versions: Mapping[str, float], *, task: Task, key: str) -> str:
    """The version that serves `key`; over many keys each gets its weight's share of them.

    Weighted rendezvous hashing: every version draws an exponential variate of rate `weight` from a hash of itself and
    the key, and the smallest wins. A changed weight moves only keys to or from that version, and no more than the
    shares demand. Thaler & Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM Transactions on
    Networking 6(1), 1998; weights as in Schindelhauer & Schomaker, "Weighted Distributed Hash Tables", SPAA 2005.

    `task` is part of the hash, so that experiments on two tasks are independent of each other.
    Raises `ValueError` with the reason when the versions cannot be chosen from.
    """
    check_weights(versions)
    return min(versions, key=lambda version: (_draw(task, version, key) / versions[version], version))


def check_weights(versions: Mapping[str, float]) -> None:
    """Raises `ValueError` with the reason for no version at all, or a weight that is not a positive finite number."""
    if not versions:
        raise ValueError("no version is listed")
    for version, weight in versions.items():
        if not (math.isfinite(weight) and weight > 0):
            raise ValueError(f"the weight of {version!r} is {weight}, not a positive number")


def _draw(task: Task, version: str, key: str) -> float:
    """An exponential variate of rate 1, fixed for its arguments."""
    digest = hashlib.sha256("\0".join((task, version, key)).encode("utf-8", "surrogatepass")).digest()
    # 52 bits and a half: strictly between 0 and 1 in a double, where 53 bits could round to 1.
    uniform = ((int.from_bytes(digest[:8], "big") >> 12) + 0.5) / 2**52
    return -math.log(uniform)
