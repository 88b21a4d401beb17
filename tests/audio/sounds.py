"""Sound that nobody speaks in, generated: float32 [n] in [-1, 1], 16 kHz, the same every time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000

Sound = npt.NDArray[np.float32]


def silence(duration_s: float) -> Sound:
    """Digital silence."""
    return np.zeros(round(duration_s * RATE_HZ), np.float32)


def white_noise(duration_s: float, *, level: float = 0.1) -> Sound:
    """Hiss: all frequencies alike, of this standard deviation."""
    return (np.random.default_rng(0).normal(size=round(duration_s * RATE_HZ)) * level).astype(np.float32)


def pink_noise(duration_s: float, *, level: float = 0.1) -> Sound:
    """Rain or a busy street: each octave above 20 Hz alike, of this standard deviation."""
    count = round(duration_s * RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(size=count))
    frequencies_hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum *= np.where(frequencies_hz >= 20, 1 / np.sqrt(np.maximum(frequencies_hz, 20)), 0)
    noise = np.fft.irfft(spectrum, count)
    return (noise / noise.std() * level).astype(np.float32)


def hum(duration_s: float) -> Sound:
    """A badly shielded cable: 50 Hz and its overtones."""
    times_s = _times_s(duration_s)
    return np.sum([0.2 * np.sin(2 * np.pi * 50 * n * times_s) / n for n in range(1, 8)], axis=0).astype(np.float32)


def chords(duration_s: float) -> Sound:
    """A piano that plays a chord every two seconds."""
    sound = np.zeros(round(duration_s * RATE_HZ))
    for number, start in enumerate(range(0, len(sound), 2 * RATE_HZ)):
        times_s = np.arange(min(2 * RATE_HZ, len(sound) - start)) / RATE_HZ
        root_hz = (220.0, 196.0, 174.6, 261.6)[number % 4]
        for interval in (1.0, 1.26, 1.5, 2.0):
            for overtone in range(1, 7):
                tone = np.sin(2 * np.pi * root_hz * interval * overtone * times_s) / overtone
                sound[start : start + len(times_s)] += 0.05 * np.exp(-0.8 * times_s) * tone
    return sound.astype(np.float32)


def drums(duration_s: float) -> Sound:
    """Two beats a second, a low drum and a snare in turn."""
    random = np.random.default_rng(2)
    sound = np.zeros(round(duration_s * RATE_HZ))
    for number, start in enumerate(range(0, len(sound), RATE_HZ // 2)):
        count = min(3_200, len(sound) - start)
        low = np.sin(2 * np.pi * 60 * np.arange(count) / RATE_HZ)
        beat = 0.15 * random.normal(size=count) if number % 2 else 0.5 * low
        sound[start : start + count] += beat * np.exp(-np.arange(count) / 500)
    return sound.astype(np.float32)


def band(duration_s: float) -> Sound:
    """Piano and drums together."""
    return chords(duration_s) + drums(duration_s)


def _times_s(duration_s: float) -> npt.NDArray[np.float64]:
    return np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
