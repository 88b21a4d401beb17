"""What is no recording, or too long a one, is refused by name."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from samo.domain.errors import (
    AudioDamaged,
    AudioMissing,
    AudioProtected,
    AudioUnreadable,
    PermanentError,
    RecordingEmpty,
    RecordingTooLong,
)
from samo.inference.speech.audio import SAMPLE_RATE_HZ, decode
from tests.audio.clips import DEMO, SHORT
from tests.audio.encode import encode, film_without_sound, picture, protect, silence_of_hours, write_wav

LIMIT_S = 60.0


def test_a_file_of_no_bytes_is_empty(tmp_path: Path) -> None:
    """Zero bytes are an empty recording, whatever the name promises."""
    recording = tmp_path / "recording.mp3"
    recording.touch()

    with pytest.raises(RecordingEmpty):
        decode(recording, max_duration_s=LIMIT_S)


def test_a_header_without_sound_is_empty(tmp_path: Path) -> None:
    """A recorder that was started and killed leaves a header."""
    recording = write_wav(tmp_path / "recording.wav", np.zeros(0, np.float32))

    with pytest.raises(RecordingEmpty):
        decode(recording, max_duration_s=LIMIT_S)


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".wav", ".webm"])
def test_text_with_the_name_of_audio_is_unreadable(suffix: str, tmp_path: Path) -> None:
    """A letter renamed .mp3 is no audio, and its words are not in the error."""
    letter = tmp_path / f"letter{suffix}"
    letter.write_text("Dear diary, today I walked by the river. " * 50)

    with pytest.raises(AudioUnreadable) as refusal:
        decode(letter, max_duration_s=LIMIT_S)

    assert "river" not in str(refusal.value)


def test_random_bytes_are_unreadable(tmp_path: Path) -> None:
    """Bytes in no format at all."""
    noise = tmp_path / "noise.flac"
    noise.write_bytes(np.random.default_rng(0).bytes(50_000))

    with pytest.raises(AudioUnreadable):
        decode(noise, max_duration_s=LIMIT_S)


@pytest.mark.parametrize(
    "listing",
    [
        "ffconcat version 1.0\nfile 'other.wav'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nother.wav\n#EXT-X-ENDLIST\n",
        "[playlist]\nFile1=other.wav\n",
    ],
)
@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".aac"])
def test_a_list_of_other_files_opens_none_of_them(listing: str, suffix: str, tmp_path: Path) -> None:
    """FFmpeg follows playlists; an upload must not make us read another person's file, or a URL.

    The name is relative, for FFmpeg by itself refuses absolute ones as unsafe, and would hide that we let it try.
    """
    script = tmp_path / f"list{suffix}"
    script.write_text(listing)
    (tmp_path / "other.wav").write_bytes(SHORT.path.read_bytes())

    with pytest.raises(AudioUnreadable):
        decode(script, max_duration_s=LIMIT_S)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_holds_no_sound(suffix: str, tmp_path: Path) -> None:
    """A photograph renamed .mp3 is told from rubbish."""
    photograph = picture(tmp_path / f"photograph{suffix}").rename(tmp_path / "photograph.mp3")

    with pytest.raises(AudioMissing):
        decode(photograph, max_duration_s=LIMIT_S)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_silent_film_holds_no_sound(suffix: str, tmp_path: Path) -> None:
    """A video without a sound track."""
    film = film_without_sound(tmp_path / f"film{suffix}")

    with pytest.raises(AudioMissing):
        decode(film, max_duration_s=LIMIT_S)


@pytest.mark.parametrize("entry", [b"drms", b"enca"])
def test_protected_sound_is_told_from_damage(entry: bytes, tmp_path: Path) -> None:
    """What a store sells: uploading it again, as after damage, would not help."""
    whole = encode(SHORT.path, tmp_path / "whole.m4a")
    recording = protect(whole, tmp_path / "sold.m4a", entry=entry)

    with pytest.raises(AudioProtected) as refusal:
        decode(recording, max_duration_s=LIMIT_S)

    assert "without copy protection" in refusal.value.advice


@pytest.mark.parametrize("cut", [12, 200, 1_000])
def test_a_protected_file_that_is_cut_off_is_refused(cut: int, tmp_path: Path) -> None:
    """Whatever its boxes promise beyond the end of the file."""
    whole = protect(encode(SHORT.path, tmp_path / "whole.m4a"), tmp_path / "sold.m4a", entry=b"enca")
    recording = tmp_path / "cut.m4a"
    recording.write_bytes(whole.read_bytes()[:-cut])

    with pytest.raises((AudioProtected, AudioDamaged)):
        decode(recording, max_duration_s=LIMIT_S)


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".m4a", ".opus", ".flac", ".webm"])
def test_nothing_but_a_beginning_is_refused(suffix: str, tmp_path: Path) -> None:
    """The first twenty bytes of a recording are damaged, empty or unreadable, and never an unnamed error."""
    beginning = encode(SHORT.path, tmp_path / f"whole{suffix}").read_bytes()[:20]
    recording = tmp_path / f"recording{suffix}"
    recording.write_bytes(beginning)

    with pytest.raises((AudioDamaged, RecordingEmpty, AudioUnreadable)):
        decode(recording, max_duration_s=LIMIT_S)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_to_the_bytes_there_is_sound_or_a_named_error(seed: int, tmp_path: Path) -> None:
    """Recordings with bytes flipped, cut out and doubled, thirty ways, in every format."""
    random = np.random.default_rng(seed)
    suffix = (".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".webm", ".wav")[seed % 8]
    data = bytearray(encode(SHORT.path, tmp_path / f"whole{suffix}").read_bytes())
    for position in random.integers(0, len(data), size=int(random.integers(1, 200))):
        data[position] ^= 0xFF
    cut = sorted(random.integers(0, len(data), size=2))
    recording = tmp_path / f"recording{suffix}"
    recording.write_bytes(data[: cut[0]] + data[cut[1] :] if seed % 2 else data + data[cut[0] : cut[1]])

    try:
        duration_s = decode(recording, max_duration_s=LIMIT_S).duration_s
    except PermanentError:
        return

    assert 0.0 < duration_s < LIMIT_S


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".m4a", ".aac", ".opus", ".flac", ".webm"])
def test_a_recording_beyond_the_limit_is_too_long(suffix: str, tmp_path: Path) -> None:
    """Whether the container says so at once or the sound shows it."""
    recording = encode(DEMO.path, tmp_path / f"recording{suffix}")

    with pytest.raises(RecordingTooLong, match="10 s"):
        decode(recording, max_duration_s=10.0)


def test_a_recording_at_the_limit_is_accepted() -> None:
    """The limit itself is allowed."""
    audio = decode(SHORT.path, max_duration_s=decode(SHORT.path, max_duration_s=LIMIT_S).duration_s)

    assert not audio.damaged


@pytest.mark.parametrize("counted", ["1", "0"])
def test_twenty_minutes_of_silence_do_not_fill_the_memory(counted: str, tmp_path: Path) -> None:
    """A small file that plays for long, with and without a promise, costs no more memory than the limit allows."""
    silence = write_wav(tmp_path / "silence.wav", np.zeros(1200 * 1_000, np.float32), rate_hz=1_000)
    bomb = encode(silence, tmp_path / "bomb.mp3", rate_hz=8_000, muxer={"write_xing": counted})

    tracemalloc.start()
    with pytest.raises(RecordingTooLong):
        decode(bomb, max_duration_s=30.0)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 5 * 30 * SAMPLE_RATE_HZ * 2


def test_one_sample_a_second_cannot_blow_up_the_sound(tmp_path: Path) -> None:
    """16 kHz made of 1 Hz would be 16,000 times the file."""
    recording = write_wav(tmp_path / "recording.wav", np.zeros(100_000, np.float32), rate_hz=1)

    with pytest.raises(RecordingTooLong):
        decode(recording, max_duration_s=LIMIT_S)


def test_a_frame_of_one_sample_a_second_is_not_resampled(tmp_path: Path) -> None:
    """FLAC from a pipe promises no length: its first frame must be measured before it is 16,000 times as large."""
    wav = write_wav(tmp_path / "slow.wav", np.zeros(20_000, np.float32), rate_hz=1)
    recording = encode(wav, tmp_path / "recording.flac")
    head = bytearray(recording.read_bytes())
    assert head[:4] == b"fLaC"
    head[21] &= 0xF0  # the number of samples: 36 bits, after the rate, the channels and the bits per sample
    head[22:26] = bytes(4)
    recording.write_bytes(head)

    tracemalloc.start()
    with pytest.raises(RecordingTooLong):
        decode(recording, max_duration_s=LIMIT_S)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 1_000_000


def test_25_hours_of_silence_are_too_long(tmp_path: Path) -> None:
    """Seven megabytes without a promise: refused as soon as the limit is reached, without the memory for all of it."""
    recording = silence_of_hours(tmp_path / "silence.aac", hours=25)
    assert recording.stat().st_size < 20_000_000

    tracemalloc.start()
    with pytest.raises(RecordingTooLong, match="300 s"):
        decode(recording, max_duration_s=300.0)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 5 * 300 * SAMPLE_RATE_HZ * 2


def test_every_refusal_says_what_a_person_can_do() -> None:
    """The failure record carries it."""
    kinds = (
        AudioDamaged,
        AudioMissing,
        AudioProtected,
        AudioUnreadable,
        RecordingEmpty,
        RecordingTooLong,
    )

    assert all(kind.advice.endswith(".") and len(kind.advice.split()) > 4 for kind in kinds)
    assert len({kind.advice for kind in kinds}) == len(kinds)
