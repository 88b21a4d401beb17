"""Measures of a recording are those that were put into it, and poor ones become one sentence of advice."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samo.domain import quality as advice
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.pocketsphinx import PocketsphinxTranscriber
from samo.inference.speech.quality import QualityMeter, SoundQuality
from samo.inference.speech.voice_activity import Stretch, speech_stretches
from tests.audio import sounds
from tests.audio.clips import DEMO
from tests.audio.encode import write_wav
from tests.unit.inference.speech.given_whisper import CREATED_AT, RECORDING

GOOD = {
    "signal_to_noise_db": 30.0,
    "level_dbfs": -20.0,
    "clipped_share": 0.0,
    "mean_log_probability": -0.2,
    "words_per_minute": 150.0,
}


def a_voice() -> Samples:
    """A person reading for 29 s, a quarter as loud as recorded, so that there is room for noise."""
    return decode(DEMO.path, max_duration_s=60).samples / 4


def measured(samples: Samples) -> SoundQuality:
    """The measures of a whole recording."""
    meter = QualityMeter()
    meter.add(samples, speech_stretches(samples))
    return meter.quality()


def with_noise(voice: Samples, noise: Callable[..., Samples], *, signal_to_noise_db: float) -> Samples:
    """The voice with this much noise, which is counted against the stretches of speech in the clean recording."""
    spoken = np.concatenate([voice[start:end] for start, end in speech_stretches(voice)])
    level = np.sqrt(np.mean(np.square(spoken, dtype=np.float64)) / 10 ** (signal_to_noise_db / 10))
    return (voice + noise(len(voice) / SAMPLE_RATE_HZ, level=float(level))[: len(voice)]).astype(np.float32)


@pytest.mark.parametrize("noise", [sounds.white_noise, sounds.pink_noise])
@pytest.mark.parametrize("pause_s", [0, 6])
@pytest.mark.parametrize("signal_to_noise_db", [0, 5, 10, 15, 20, 30, 40])
def test_the_signal_to_noise_ratio_is_that_of_the_mixture(
    noise: Callable[..., Samples], pause_s: int, signal_to_noise_db: float
) -> None:
    """Within 2 dB from 0 to 40 dB, with a pause to know the noise by and without any."""
    voice = np.concatenate([sounds.silence(pause_s), a_voice()])

    found = measured(with_noise(voice, noise, signal_to_noise_db=signal_to_noise_db))

    assert found.signal_to_noise_db == pytest.approx(signal_to_noise_db, abs=2.0)


@pytest.mark.parametrize("gain", [4, 8, 16])
def test_the_share_of_clipped_samples_is_found(gain: float) -> None:
    """What an amplifier cuts off at full scale."""
    loud = a_voice() * 4 * gain
    true_share = float(np.mean(np.abs(loud) >= 1.0))
    assert true_share > 0.001

    assert measured(np.clip(loud, -1, 1)).clipped_share == pytest.approx(true_share, rel=0.1)


def test_a_loud_and_clean_recording_does_not_clip() -> None:
    """Brought to full scale and no further."""
    voice = a_voice()

    assert measured(voice / np.abs(voice).max()).clipped_share < advice.POOR_CLIPPED_SHARE / 10


@pytest.mark.parametrize("gain_db", [-30, -10, 0])
def test_the_level_follows_the_gain(gain_db: float) -> None:
    """In decibels, one by one."""
    plain, changed = measured(a_voice()), measured((a_voice() * 10 ** (gain_db / 20)).astype(np.float32))

    assert plain.level_dbfs is not None
    assert changed.level_dbfs == pytest.approx(plain.level_dbfs + gain_db, abs=0.5)


def test_the_share_of_speech_is_that_of_its_stretches() -> None:
    """Half of it, here."""
    meter = QualityMeter()

    meter.add(a_voice()[: 4 * SAMPLE_RATE_HZ], [Stretch(0, SAMPLE_RATE_HZ), Stretch(3 * SAMPLE_RATE_HZ, 9**9)])

    assert meter.quality().speech_share == 0.5


def test_nothing_has_no_measures() -> None:
    """Not zero decibels: none. Silence has no level either, noise without speech no ratio."""
    assert QualityMeter().quality() == SoundQuality(None, None, 0.0, 0.0)
    assert measured(sounds.silence(3)) == SoundQuality(None, None, 0.0, 0.0)
    assert measured(sounds.white_noise(3)).signal_to_noise_db is None
    assert measured(sounds.white_noise(3)).level_dbfs == pytest.approx(-20, abs=0.3)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 5 * SAMPLE_RATE_HZ), max_size=12))
def test_where_it_is_cut_into_blocks_changes_nothing(cuts: list[int]) -> None:
    """Streaming: blocks of any length give the measures of the whole."""
    samples = a_voice()[: 5 * SAMPLE_RATE_HZ]
    stretches = [Stretch(4_000, 30_000), Stretch(41_234, 70_001)]
    whole, streamed = QualityMeter(), QualityMeter()
    whole.add(samples, stretches)

    borders = [0, *sorted(cuts), len(samples)]
    for start, end in pairwise(borders):
        streamed.add(
            samples[start:end],
            [
                Stretch(max(0, from_ - start), min(to, end) - start)
                for from_, to in stretches
                if from_ < end and to > start
            ],
        )

    assert streamed.quality() == whole.quality()


def test_memory_does_not_grow_with_the_recording() -> None:
    """An hour costs no more than a minute."""

    def peak_bytes(minutes: int) -> int:
        meter, block = QualityMeter(), sounds.white_noise(10.0)
        tracemalloc.start()
        for _ in range(6 * minutes):
            meter.add(block, [Stretch(0, 80_000)])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert peak_bytes(60) < 1.1 * peak_bytes(1)


@pytest.mark.parametrize(
    ("poor", "sentence"),
    [
        ({}, None),
        ({"clipped_share": 0.01}, advice.CLIPS),
        ({"level_dbfs": -50.0}, advice.QUIET),
        ({"signal_to_noise_db": 8.0}, advice.NOISY),
        ({"mean_log_probability": -1.2}, advice.UNSURE),
        ({"words_per_minute": 260.0}, advice.FAST),
        ({"level_dbfs": None}, advice.SILENT),
        ({"clipped_share": 0.01, "signal_to_noise_db": 8.0, "words_per_minute": 260.0}, advice.CLIPS),
        ({"signal_to_noise_db": None, "mean_log_probability": None, "words_per_minute": None}, None),
    ],
)
def test_what_is_poor_becomes_one_sentence(poor: dict[str, float | None], sentence: str | None) -> None:
    """The one that helps most; what is unknown is not poor."""
    assert advice.advice_of(**{**GOOD, **poor}) == sentence


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda voice: voice, None),
        (lambda voice: np.clip(voice * 40, -1, 1), advice.CLIPS),
        (lambda voice: voice / 20, advice.QUIET),
        (lambda voice: with_noise(voice, sounds.pink_noise, signal_to_noise_db=5), advice.NOISY),
        (lambda voice: voice * 0, advice.SILENT),
    ],
    ids=["good", "clipped", "quiet", "noisy", "silent"],
)
def test_the_transcript_of_a_spoilt_recording_advises(
    spoil: Callable[[Samples], Samples], sentence: str | None, tmp_path: Path
) -> None:
    """From the sound to the document."""
    recording = write_wav(tmp_path / "recording.wav", spoil(a_voice()[: 8 * SAMPLE_RATE_HZ]).astype(np.float32))

    transcript = PocketsphinxTranscriber(max_duration_s=60).transcribe(recording, RECORDING, created_at=CREATED_AT)

    assert transcript.quality is not None
    assert transcript.quality.advice == sentence
