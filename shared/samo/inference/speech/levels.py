"""How loud sound is, frame by frame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samo.inference.speech.audio import Samples

# 30 ms: within so short a time speech hardly changes.
FRAME_SAMPLES = 480

LEAST_DBFS = -120.0
"""What stands for silence: below the last of 16 bits, which is -98 dBFS as noise."""


def frame_powers(samples: Samples) -> npt.NDArray[np.float64]:
    """The mean power of each whole frame, float64 [n // 480]; 1.0 is that of a full-scale square wave."""
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    powers: npt.NDArray[np.float64] = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return powers


def dbfs(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Powers as levels, at least -120."""
    return 10 * np.log10(np.maximum(power, 10 ** (LEAST_DBFS / 10)))


def frame_levels_dbfs(samples: Samples) -> npt.NDArray[np.float64]:
    """The level of each whole frame of 30 ms, float64 [n // 480]."""
    return dbfs(frame_powers(samples))
