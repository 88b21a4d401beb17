"""How good the sound of a recording is, measured block by block in the same memory however long it is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from samo.domain.quality import SoundQuality
from samo.domain.window_plan import Stretch
from samo.inference.speech.audio import Samples
from samo.inference.speech.levels import FRAME_SAMPLES, LEAST_DBFS, dbfs, frame_powers

# From here on a sample counts as one at the limit: sound that was compressed and decoded again ends a little below.
CLIPPED = 0.99

# Levels are counted in steps of a quarter of a decibel.
STEP_DB = 0.25
STEPS = int(-LEAST_DBFS / STEP_DB) + 1

# A pause is long enough to know the noise by at one second; without one, the quietest frames between the words must do.
PAUSE_FRAMES = 33
NOISE_PERCENTILE_IN_PAUSES = 50
NOISE_PERCENTILE_IN_SPEECH = 5

# 16 bits hold no more, and nobody can hear more.
MOST_SIGNAL_TO_NOISE_DB = 60.0


class QualityMeter:
    """Takes a recording in blocks, in order. Where it is cut into blocks changes nothing but the last decimals."""

    def __init__(self) -> None:
        self._in_speech = _Levels()
        self._in_pauses = _Levels()
        self._clipped = 0
        self._spoken = 0
        self._samples = 0
        self._rest = np.zeros(0, np.float32)
        self._rest_spoken = np.zeros(0, np.bool_)

    def add(self, samples: Samples, stretches: Iterable[Stretch]) -> None:
        """The next block, 16 kHz mono, and its stretches of speech, counted from the block's first sample."""
        spoken = np.zeros(len(samples), np.bool_)
        for stretch in stretches:
            spoken[max(0, stretch.start) : stretch.end] = True
        self._samples += len(samples)
        self._spoken += int(np.count_nonzero(spoken))
        self._clipped += int(np.count_nonzero(np.abs(samples) >= CLIPPED))
        samples = np.concatenate([self._rest, samples])
        spoken = np.concatenate([self._rest_spoken, spoken])
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        # Copies, for a view would keep the whole block.
        self._rest, self._rest_spoken = samples[whole:].copy(), spoken[whole:].copy()
        powers = frame_powers(samples[:whole])
        in_speech = spoken[:whole].reshape(-1, FRAME_SAMPLES).mean(axis=1) > 0.5
        self._in_speech.add(powers[in_speech])
        self._in_pauses.add(powers[~in_speech])

    def quality(self) -> SoundQuality:
        """The measures of everything so far."""
        level = self._in_speech.mean_dbfs() if self._in_speech.frames else self._in_pauses.mean_dbfs()
        return SoundQuality(
            signal_to_noise_db=self._signal_to_noise_db(),
            level_dbfs=None if level is None or level <= LEAST_DBFS else round(level, 1),
            clipped_share=round(self._clipped / max(1, self._samples), 6),
            speech_share=round(self._spoken / max(1, self._samples), 4),
        )

    def _signal_to_noise_db(self) -> float | None:
        if not self._in_speech.frames:
            return None
        if self._in_pauses.frames >= PAUSE_FRAMES:
            noise_dbfs = self._in_pauses.percentile_dbfs(NOISE_PERCENTILE_IN_PAUSES)
        else:
            noise_dbfs = self._in_speech.percentile_dbfs(NOISE_PERCENTILE_IN_SPEECH)
        noise = 10 ** (noise_dbfs / 10)
        # In a stretch of speech there is the noise as well; a thousandth is left where there seems to be nothing else.
        speech = max(self._in_speech.mean_power() - noise, noise / 1000)
        return round(min(10 * float(np.log10(speech / noise)), MOST_SIGNAL_TO_NOISE_DB), 1)


class _Levels:
    """The powers of many frames: their mean, and how often each level occurs."""

    def __init__(self) -> None:
        self.frames = 0
        self._power = 0.0
        self._counts = np.zeros(STEPS, np.int64)

    def add(self, powers: npt.NDArray[np.float64]) -> None:
        self.frames += len(powers)
        self._power += float(powers.sum())
        steps = np.round((dbfs(powers) - LEAST_DBFS) / STEP_DB).astype(np.int64)
        self._counts += np.bincount(np.clip(steps, 0, STEPS - 1), minlength=STEPS)

    def mean_power(self) -> float:
        return self._power / max(1, self.frames)

    def mean_dbfs(self) -> float | None:
        return float(dbfs(np.array([self.mean_power()]))[0]) if self.frames else None

    def percentile_dbfs(self, percentile: float) -> float:
        rank = percentile / 100 * self.frames
        return float(np.searchsorted(np.cumsum(self._counts), max(1.0, rank)) * STEP_DB + LEAST_DBFS)
