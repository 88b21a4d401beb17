"""What Whisper hears: log-mel features, made block by block.

faster-whisper makes those of a whole window at once: its overlapping frames and their spectrum are several
times the sound itself, and a fifth of a small model's peak memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor

from samo.inference.speech.audio import Samples

# Ten seconds: a few MB of frames and spectrum, which a processor's cache can hold.
BLOCK_FRAMES = 1000

_LEAST_POWER = 1e-10
_RANGE = 8.0  # decades below the loudest


class BlockwiseFeatureExtractor(FeatureExtractor):  # type: ignore[misc]
    """faster-whisper's `FeatureExtractor`, in the memory of one block and with the same features.

    Radford et al. 2023, section 2.2.
    """

    def __call__(
        self, waveform: Samples, padding: int = 160, chunk_length: int | None = None
    ) -> npt.NDArray[np.float32]:
        """Features of 16 kHz mono sound: bands × frames of 10 ms. `padding` is the silence to add, in samples.

        `chunk_length`, in seconds, is how long a piece the model hears from now on.
        """
        if chunk_length is not None:
            self.n_samples = chunk_length * self.sampling_rate
            self.nb_max_frames = self.n_samples // self.hop_length
        sound = np.pad(waveform.astype(np.float32, copy=False), (0, padding))
        sound = np.pad(sound, self.n_fft // 2, mode="reflect")
        # Whisper leaves out the last one.
        frames = np.lib.stride_tricks.sliding_window_view(sound, self.n_fft)[:: self.hop_length][:-1]
        features = np.empty((len(self.mel_filters), len(frames)), np.float32)
        taper = np.hanning(self.n_fft + 1)[:-1].astype(np.float32)
        for start in range(0, len(frames), BLOCK_FRAMES):
            spectrum = np.fft.rfft(frames[start : start + BLOCK_FRAMES] * taper)
            features[:, start : start + BLOCK_FRAMES] = self.mel_filters @ np.square(np.abs(spectrum.T))
        np.log10(np.maximum(features, _LEAST_POWER, out=features), out=features)
        np.maximum(features, features.max() - _RANGE, out=features)
        features += 4.0
        features /= 4.0
        return features


def hear_block_by_block(model: WhisperModel) -> None:
    """Give a loaded model this extractor in place of its own, with the same bands."""
    model.feature_extractor = BlockwiseFeatureExtractor(**model.feat_kwargs)
