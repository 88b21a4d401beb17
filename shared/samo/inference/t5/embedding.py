"""The token embedding, looked up outside the graphs, in the bytes that the decoder's head multiplies with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from samo.domain.errors import ModelCorrupt
from samo.inference.t5.description import SHARED_FILE, T5Description
from samo.inference.t5.shared_tables import mapped

ZERO_POINT = 128.0


class Embedding:
    """Token ids to vectors."""

    def __init__(self, directory: Path, description: T5Description) -> None:
        table, vocabulary, width = description.embedding, description.vocabulary, description.d_model
        self._scales: npt.NDArray[np.float32] | None = None
        if table.scales_offset is None:
            self._values = mapped(directory, np.float32, table.offset, (vocabulary, width))
            return
        if table.block <= 0 or width % table.block:
            raise ModelCorrupt(f"{SHARED_FILE}: blocks of {table.block} values do not fill rows of {width}")
        blocks = width // table.block
        self._values = mapped(directory, np.uint8, table.offset, (vocabulary, blocks, table.block))
        self._scales = mapped(directory, np.float32, table.scales_offset, (vocabulary, blocks))

    def __call__(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Vectors float32 [..., d_model] of ids [...]."""
        values = self._values[ids].astype(np.float32)
        if self._scales is not None:
            values = (values - np.float32(ZERO_POINT)) * self._scales[ids][..., np.newaxis]
        return values.reshape(*ids.shape, -1)
