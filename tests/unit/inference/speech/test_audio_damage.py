"""Damaged recordings: told from whole ones, kept when most of them is there, refused when little is left."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from samo.domain.errors import AudioDamaged
from samo.inference.speech.audio import SAMPLE_RATE_HZ, decode
from tests.audio.clips import DEMO
from tests.audio.encode import CODECS, encode, write_wav

LIMIT_S = 60.0
DEMO_S = 28.7

# These promise a length, or consist of nothing but sound, so that a gap shows.
TELLING = [".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".webm"]
# Of these, one can tell when the end is missing. An m4a keeps its index at the end and cannot be opened without it.
PROMISING = [".wav", ".mp3", ".flac", ".webm"]


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The demo recording in every format."""
    folder = tmp_path_factory.mktemp("encoded")
    return {suffix: encode(DEMO.path, folder / f"recording{suffix}").read_bytes() for suffix in CODECS}


@pytest.mark.parametrize("suffix", CODECS)
def test_a_whole_recording_is_not_called_damaged(suffix: str, encoded: dict[str, bytes], tmp_path: Path) -> None:
    """Encoders delay, pad and round; none of it is damage."""
    audio = decode(_file(tmp_path, suffix, encoded[suffix]), max_duration_s=LIMIT_S)

    assert not audio.damaged
    assert pytest.approx(DEMO_S, abs=0.2) == audio.duration_s


@pytest.mark.parametrize("suffix", TELLING)
def test_a_gap_in_the_middle_is_flagged(suffix: str, encoded: dict[str, bytes], tmp_path: Path) -> None:
    """Where a fifth of the bytes was overwritten, the rest is heard and the transcript will say so."""
    whole = encoded[suffix]
    gap = slice(len(whole) * 4 // 10, len(whole) * 6 // 10)
    damaged = bytearray(whole)
    damaged[gap] = np.random.default_rng(1).bytes(gap.stop - gap.start)

    audio = decode(_file(tmp_path, suffix, bytes(damaged)), max_duration_s=LIMIT_S)

    assert audio.damaged
    assert DEMO_S / 2 < audio.duration_s < DEMO_S - 2


@pytest.mark.parametrize("suffix", PROMISING)
def test_a_missing_end_is_flagged(suffix: str, encoded: dict[str, bytes], tmp_path: Path) -> None:
    """An upload that was cut short after three quarters is heard that far."""
    whole = encoded[suffix]

    audio = decode(_file(tmp_path, suffix, whole[: len(whole) * 3 // 4]), max_duration_s=LIMIT_S)

    assert audio.damaged
    assert audio.container_s is not None
    assert pytest.approx(DEMO_S, abs=0.2) == audio.container_s


@pytest.mark.parametrize("suffix", [*PROMISING, ".m4a", ".mp4"])
def test_a_recording_of_which_little_is_left_is_refused(suffix: str, encoded: dict[str, bytes], tmp_path: Path) -> None:
    """Half a minute that became five seconds says something else than the person said."""
    remains = encoded[suffix][: len(encoded[suffix]) // 6]

    with pytest.raises(AudioDamaged):
        decode(_file(tmp_path, suffix, remains), max_duration_s=LIMIT_S)


@pytest.mark.parametrize("suffix", [".mp3", ".aac", ".flac", ".webm"])
def test_noise_behind_an_intact_beginning_is_refused(suffix: str, encoded: dict[str, bytes], tmp_path: Path) -> None:
    """The decoder skips what it cannot read without a word; the length gives it away."""
    whole = encoded[suffix]
    kept = len(whole) // 10
    noise = np.random.default_rng(2).bytes(len(whole) - kept)

    with pytest.raises(AudioDamaged):
        decode(_file(tmp_path, suffix, whole[:kept] + noise), max_duration_s=LIMIT_S)


@pytest.mark.parametrize("suffix", [".mp3", ".aac"])
def test_a_varying_bit_rate_is_not_damage(suffix: str, tmp_path: Path) -> None:
    """Without a count of frames, FFmpeg takes 40 s that begin with a silence for minutes; we do not believe it."""
    silence = np.zeros(SAMPLE_RATE_HZ * 15, np.float32)
    noise = np.random.default_rng(3).normal(0, 0.1, SAMPLE_RATE_HZ * 25).astype(np.float32)
    wav = write_wav(tmp_path / "recording.wav", np.concatenate([silence, noise]))
    best_quality = {"flags": "+qscale", "global_quality": "472"} if suffix == ".mp3" else {}
    no_count = {"write_xing": "0"} if suffix == ".mp3" else {}
    recording = encode(wav, tmp_path / f"recording{suffix}", encoder=best_quality, muxer=no_count)

    audio = decode(recording, max_duration_s=LIMIT_S)

    assert pytest.approx(40.0, abs=0.3) == audio.duration_s
    assert audio.container_s is None
    assert not audio.damaged


def test_what_a_browser_records_promises_nothing_and_is_whole(tmp_path: Path) -> None:
    """A webm that was streamed carries no length: it is taken as it is."""
    streamed = encode(DEMO.path, tmp_path / "recording.webm", muxer={"live": "1"})

    audio = decode(streamed, max_duration_s=LIMIT_S)

    assert audio.container_s is None
    assert not audio.damaged
    assert pytest.approx(DEMO_S, abs=0.1) == audio.duration_s


@pytest.mark.parametrize("size", [0, 0x7FFF_FFFF, 0xFFFF_FFFF])
def test_a_wav_from_a_pipe_is_whole(size: int, tmp_path: Path) -> None:
    """A recorder that cannot seek leaves nonsense for the lengths in the header."""
    whole = DEMO.path.read_bytes()
    piped = whole[:4] + struct.pack("<I", size) + whole[8:40] + struct.pack("<I", size) + whole[44:]

    audio = decode(_file(tmp_path, ".wav", piped), max_duration_s=LIMIT_S)

    assert pytest.approx(DEMO_S, abs=0.1) == audio.duration_s
    assert not audio.damaged


def test_a_fragmented_mp4_cut_inside_a_fragment_is_flagged(tmp_path: Path) -> None:
    """Phones record in fragments, so that a crash costs the last one only."""
    fragments = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "1000000"}
    whole = encode(DEMO.path, tmp_path / "whole.mp4", muxer=fragments).read_bytes()

    audio = decode(_file(tmp_path, ".mp4", whole[: len(whole) * 3 // 4]), max_duration_s=LIMIT_S)

    assert audio.damaged
    assert 10.0 < audio.duration_s < DEMO_S


def _file(folder: Path, suffix: str, data: bytes) -> Path:
    path = folder / f"given{suffix}"
    path.write_bytes(data)
    return path
