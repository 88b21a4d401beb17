"""The encoder's position bias, spread out from one value per distance to one per pair of tokens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from samo.inference.t5.description import T5Description
from samo.inference.t5.shared_tables import mapped


class PositionBias:
    """What attention scores gain by distance, for documents of any length.

    In numpy, for the matrix is the same along each diagonal: rows are copied from one line of values, where a graph
    would look up each of the S squared pairs.
    """

    def __init__(self, directory: Path, description: T5Description) -> None:
        self._reach = description.max_distance
        shape = (description.heads, 2 * self._reach + 1)
        self._table = np.array(mapped(directory, np.float32, description.position_bias_offset, shape))

    def __call__(self, length: int) -> npt.NDArray[np.float32]:
        """[1, heads, length, length] of query and key; all distances beyond the table have its last value."""
        distances = np.clip(np.arange(1 - length, length), -self._reach, self._reach)
        line = self._table[:, distances + self._reach]
        rows = np.lib.stride_tricks.sliding_window_view(line, length, axis=1)
        return np.ascontiguousarray(rows[np.newaxis, :, ::-1])
