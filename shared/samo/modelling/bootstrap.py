"""Figures with 95 % percentile-bootstrap intervals over rows. Numpy only.

Source: Efron 1979, "Bootstrap Methods: Another Look at the Jackknife".
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
SEED = 0

Floats = npt.NDArray[np.float64]


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def draws(rows: int) -> npt.NDArray[np.int64]:
    """How often each row was drawn, int64 [RESAMPLES, rows]; always the same for as many rows.

    So a resample's sum is a row of one matrix product, and figures of the same rows are resampled in pairs.
    """
    return np.random.default_rng(SEED).multinomial(rows, np.full(rows, 1.0 / rows), RESAMPLES)


def interval(value: float, resampled: Floats) -> Interval:
    """The figure with the interval in which 95 % of its resampled values, [RESAMPLES], lie."""
    low, high = np.percentile(resampled, (2.5, 97.5))
    return Interval(value=value, low=float(low), high=float(high))


def mean_interval(values: Floats) -> Interval:
    """The mean of one value per row, [rows], at least one; of the differences of two systems a paired interval."""
    return interval(float(values.mean()), draws(len(values)) @ values / len(values))
