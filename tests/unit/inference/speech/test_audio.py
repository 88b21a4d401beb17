"""Decoding: every format, rate and number of channels becomes the same 16 kHz mono sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from tests.audio.clips import SHORT
from tests.audio.encode import CODECS, encode, write_wav

LIMIT_S = 60.0
SHORT_S = 2.99


@pytest.mark.parametrize("suffix", CODECS)
def test_every_format_gives_the_sound_that_was_recorded(suffix: str, tmp_path: Path) -> None:
    """Whatever the format, the length is the recording's and it is loud where the recording is loud."""
    recording = encode(SHORT.path, tmp_path / f"recording{suffix}")

    audio = decode(recording, max_duration_s=LIMIT_S)

    assert pytest.approx(SHORT_S, abs=0.15) == audio.duration_s
    assert np.float32 == audio.samples.dtype
    assert _likeness(_loudness(decode(SHORT.path, max_duration_s=LIMIT_S).samples), _loudness(audio.samples)) > 0.95
    assert not audio.damaged


def test_a_lossless_format_gives_the_very_samples(tmp_path: Path) -> None:
    """FLAC and WAV of one recording are equal, sample by sample."""
    flac = encode(SHORT.path, tmp_path / "recording.flac")

    samples = decode(flac, max_duration_s=LIMIT_S).samples

    np.testing.assert_array_equal(decode(SHORT.path, max_duration_s=LIMIT_S).samples, samples)


@pytest.mark.parametrize("rate_hz", [1_000, 8_000, 22_050, 44_100, 192_000])
def test_every_sampling_rate_becomes_16_khz(rate_hz: int, tmp_path: Path) -> None:
    """The length in seconds stays, and the file's own rate is reported."""
    tone = np.sin(2 * np.pi * 200 * np.arange(rate_hz) / rate_hz).astype(np.float32)

    audio = decode(write_wav(tmp_path / "tone.wav", tone, rate_hz=rate_hz), max_duration_s=LIMIT_S)

    assert pytest.approx(1.0, abs=0.01) == audio.duration_s
    assert rate_hz == audio.sample_rate_hz


@pytest.mark.parametrize("channels", [1, 2, 6, 7, 8])
def test_all_channels_are_mixed(channels: int, tmp_path: Path) -> None:
    """A voice on every channel is heard, and not louder than it may be."""
    voice = decode(SHORT.path, max_duration_s=LIMIT_S).samples
    recording = write_wav(tmp_path / "recording.wav", np.repeat(voice[:, None], channels, axis=1))

    audio = decode(recording, max_duration_s=LIMIT_S)

    assert channels == audio.channels
    assert _likeness(voice, audio.samples) > 0.99
    assert np.abs(audio.samples).max() <= 1.0


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    """Codec, rate, channels and promised length are those of the file, not of the decoded sound."""
    recording = encode(SHORT.path, tmp_path / "recording.flac", rate_hz=48_000, channels=2)

    audio = decode(recording, max_duration_s=LIMIT_S)

    assert (audio.codec, audio.sample_rate_hz, audio.channels) == ("flac", 48_000, 2)
    assert pytest.approx(SHORT_S, abs=0.01) == audio.container_s


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_film_is_heard(suffix: str, tmp_path: Path) -> None:
    """People film themselves: the sound track counts, the picture does not."""
    film = encode(SHORT.path, tmp_path / f"film{suffix}", film=True)

    audio = decode(film, max_duration_s=LIMIT_S)

    assert pytest.approx(SHORT_S, abs=0.1) == audio.duration_s
    assert not audio.damaged


def test_the_content_counts_not_the_name(tmp_path: Path) -> None:
    """An m4a that somebody renamed .mp3 is read as what it is."""
    renamed = encode(SHORT.path, tmp_path / "recording.m4a").rename(tmp_path / "recording.mp3")

    audio = decode(renamed, max_duration_s=LIMIT_S)

    assert audio.codec == "aac"


def test_tags_in_another_encoding_do_no_harm(tmp_path: Path) -> None:
    """A title in Latin-1, where the format asks for UTF-8, is nobody's reason to lose a recording."""
    title = b"\x03caf\xe9 \xff"
    frame = b"TIT2" + len(title).to_bytes(4, "big") + b"\0\0" + title
    mp3 = encode(SHORT.path, tmp_path / "recording.mp3").read_bytes()
    tagged = tmp_path / "tagged.mp3"
    tagged.write_bytes(b"ID3\x03\0\0" + len(frame).to_bytes(4, "big") + frame + mp3)

    audio = decode(tagged, max_duration_s=LIMIT_S)

    assert pytest.approx(SHORT_S, abs=0.1) == audio.duration_s


@pytest.mark.parametrize("suffix", CODECS)
def test_a_twentieth_of_a_second_is_a_recording(suffix: str, tmp_path: Path) -> None:
    """A tap on the button gives a very short recording, not an error."""
    tap = write_wav(tmp_path / "tap.wav", np.zeros(SAMPLE_RATE_HZ // 20, np.float32))
    encoded = tap if suffix == ".wav" else encode(tap, tmp_path / f"tap{suffix}")

    audio = decode(encoded, max_duration_s=LIMIT_S)

    assert 0.0 < audio.duration_s < 0.3
    assert not audio.damaged


def test_a_name_that_is_no_unicode_is_read(tmp_path: Path) -> None:
    """File names are bytes; what the file holds is what counts."""
    odd = tmp_path / "na\udcffme: ü.wav"
    odd.write_bytes(SHORT.path.read_bytes())

    audio = decode(odd, max_duration_s=LIMIT_S)

    assert pytest.approx(SHORT_S, abs=0.01) == audio.duration_s


def _loudness(samples: Samples) -> Samples:
    """Root mean square of each 50 ms, float32 [n]."""
    window = SAMPLE_RATE_HZ // 20
    whole = samples[: len(samples) // window * window].reshape(-1, window)
    loudness: Samples = np.sqrt(np.square(whole).mean(axis=1))
    return loudness


def _likeness(expected: Samples, actual: Samples) -> float:
    """Correlation of two signals over the length that they share, where encoders may delay by a few values."""
    shared = min(len(expected), len(actual)) - 3
    return max(float(np.corrcoef(expected[:shared], actual[lag : lag + shared])[0, 1]) for lag in range(4))
