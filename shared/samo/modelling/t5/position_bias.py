"""T5's relative positions: a bias per head for each bucket of distances (Raffel et al. 2020, arXiv 1910.10683)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samo.modelling.t5.checkpoint import T5Shape


def buckets_of(distances: npt.NDArray[np.int64], shape: T5Shape, *, bidirectional: bool) -> npt.NDArray[np.int64]:
    """Bucket of each distance (key position minus query position).

    Half of the buckets hold one distance each; the others grow logarithmically up to `max_distance`, and the last one
    holds all beyond. In float32 throughout, as the reference, for borders fall on whole numbers.
    """
    buckets = shape.buckets
    first = np.zeros_like(distances)
    if bidirectional:
        buckets //= 2
        first = (distances > 0) * buckets
        distances = np.abs(distances)
    else:
        distances = np.maximum(-distances, 0)
    exact = buckets // 2
    ratio = np.log(np.maximum(distances, 1).astype(np.float32) / np.float32(exact))
    share = ratio / np.float32(np.log(shape.max_distance / exact))
    large = exact + (share * np.float32(buckets - exact)).astype(np.int64)
    return first + np.where(distances < exact, distances, np.minimum(large, buckets - 1))


def encoder_table(learnt: npt.NDArray[np.float32], shape: T5Shape) -> npt.NDArray[np.float32]:
    """Bias [heads, 2 * max_distance + 1] of distances from -max_distance to max_distance; beyond, the ends hold."""
    distances = np.arange(-shape.max_distance, shape.max_distance + 1)
    return np.ascontiguousarray(learnt[buckets_of(distances, shape, bidirectional=True)].T)


def decoder_table(learnt: npt.NDArray[np.float32], shape: T5Shape) -> npt.NDArray[np.float32]:
    """Bias [1, heads, 1, max_distance + 1] of keys 0, 1, … positions back; beyond, the last holds."""
    back = -np.arange(shape.max_distance + 1)
    table = learnt[buckets_of(back, shape, bidirectional=False)]
    return np.ascontiguousarray(table.T[np.newaxis, :, np.newaxis, :])
