"""The features of a window, made block by block, are those of faster-whisper."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples
from samo.inference.speech.log_mel import BLOCK_FRAMES, BlockwiseFeatureExtractor

BLOCK_SAMPLES = BLOCK_FRAMES * 160


def sound(length: int) -> Samples:
    """Noise that swells and fades, so that blocks differ in their loudest band."""
    noise = np.random.default_rng(length).standard_normal(length)
    return (0.1 * noise * np.sin(np.linspace(0.1, 9, length))).astype(np.float32)


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize(
    "length",
    [1, 159, 160, 1000, BLOCK_SAMPLES - 161, BLOCK_SAMPLES - 160, BLOCK_SAMPLES, 3 * BLOCK_SAMPLES + 77],
)
def test_the_features_are_those_of_faster_whisper(bands: int, length: int) -> None:
    """Of sounds shorter than a frame, and of ends on, before and after the border of a block."""
    samples = sound(length)

    features = BlockwiseFeatureExtractor(bands)(samples)

    expected = FeatureExtractor(bands)(samples)
    assert features.shape == expected.shape
    assert features.dtype == expected.dtype
    # A product of matrices may be summed in another order.
    np.testing.assert_allclose(features, expected, rtol=0, atol=1e-6)


def test_silence_has_the_features_of_faster_whisper() -> None:
    """Where every band lies at the least power that counts."""
    silence = np.zeros(2 * BLOCK_SAMPLES, np.float32)

    np.testing.assert_array_equal(BlockwiseFeatureExtractor()(silence), FeatureExtractor()(silence))


def test_the_length_of_a_piece_is_set_as_in_faster_whisper() -> None:
    """Distilled models may hear pieces of another length."""
    ours, theirs = BlockwiseFeatureExtractor(), FeatureExtractor()

    for extractor in (ours, theirs):
        extractor(sound(1000), chunk_length=20)

    assert (ours.n_samples, ours.nb_max_frames) == (theirs.n_samples, theirs.nb_max_frames)


def test_a_longer_sound_needs_memory_for_its_features_only() -> None:
    """Else a window's frames and spectrum are the peak of the whole process."""

    def extra_bytes(seconds: int) -> int:
        samples = sound(seconds * SAMPLE_RATE_HZ)
        tracemalloc.start()
        features = BlockwiseFeatureExtractor()(samples)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak - features.nbytes

    # Padded twice, a second of sound has two copies; its frames alone would be another 160 kB.
    assert (extra_bytes(120) - extra_bytes(60)) / 60 < 2.5 * SAMPLE_RATE_HZ * 4
