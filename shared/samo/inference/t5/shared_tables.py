"""Tables in `shared.bin`, mapped into memory: only what is looked up takes any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from samo.domain.errors import ModelCorrupt
from samo.inference.t5.description import SHARED_FILE


def mapped(
    directory: Path, dtype: type[np.float32] | type[np.uint8], offset: int, shape: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """The table at `offset` bytes. Raises `ModelCorrupt` when the file is missing or ends before it."""
    try:
        # The file may be deleted while it is mapped: a version that was downloaded is, once it is loaded.
        return np.memmap(directory / SHARED_FILE, dtype=dtype, mode="r", offset=offset, shape=shape)
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"{SHARED_FILE} does not hold the tables that the version describes") from error
