"""A recording of any size and any claim ends as a transcript or as a named failure, within the memory of an instance.

Through the real function with the speech engine that ships, so that whatever decodes is held to the same bounds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.adapters.directory import DirectoryStore
from samo.domain.names import failure_name
from samo.domain.recording import RecordingRef
from tests.audio.encode import encode as encode_audio
from tests.bounds.bombs import picture_bomb, silent_flac, with_cover
from tests.bounds.confined import Ending, deliver_confined, environment_of
from tests.wire.bodies import object_notification

CLIP = Path(__file__).parents[1] / "audio" / "short.wav"
LIMIT_S = 1_800

# Half an hour of sound at 16 kHz, as samples and once more as numbers, is 170 MiB.
MOST_MIB = 400


def delivered(folder: Path, file: Path) -> Ending:
    """The function's answer to the notification of this upload."""
    recordings = DirectoryStore(folder / "recordings")
    info = recordings.upload(f"mia/day{file.suffix}", file)
    data, _ = object_notification(info, bucket=recordings.bucket)
    ending = deliver_confined("transcription", data, {**environment_of(folder), "SAMO_MAX_AUDIO_S": str(LIMIT_S)})
    if ending.ended == "failed":
        ref = RecordingRef(bucket=recordings.bucket, name=info.name, generation=info.generation)
        assert DirectoryStore(folder / "results").stat(failure_name("transcription", ref)) is not None
    return ending


@pytest.mark.parametrize("hours", [25, 24 * 10])
@pytest.mark.parametrize("claimed_s", ["truly", 0, 10])
def test_a_tiny_file_with_days_of_sound_is_too_long(hours: int, claimed_s: int | str, tmp_path: Path) -> None:
    """A few kilobytes a day, whether the header admits it, does not know, or claims ten seconds."""
    seconds = hours * 3_600
    claimed = seconds if claimed_s == "truly" else int(claimed_s)
    bomb = silent_flac(tmp_path / "bomb.flac", seconds=seconds, claimed_seconds=claimed)
    assert bomb.stat().st_size < 2_000_000

    ending = delivered(tmp_path, bomb)

    assert (ending.ended, ending.code) == ("failed", "recording_too_long")
    assert ending.grown_mib < MOST_MIB


def test_two_hours_that_claim_ten_seconds_are_too_long(tmp_path: Path) -> None:
    """What is decoded counts, not what is claimed."""
    ending = delivered(tmp_path, silent_flac(tmp_path / "liar.flac", seconds=7_200, claimed_seconds=10))

    assert (ending.ended, ending.code) == ("failed", "recording_too_long")
    assert ending.grown_mib < MOST_MIB


def test_the_cover_of_a_recording_is_not_unpacked(tmp_path: Path) -> None:
    """1.5 GB of pixels as the cover of a song; its sound is transcribed."""
    song = encode_audio(CLIP, tmp_path / "song.mp3")
    song.write_bytes(with_cover(song.read_bytes(), picture_bomb()))

    ending = delivered(tmp_path, song)

    assert ending.ended == "committed"
    assert ending.grown_mib < MOST_MIB


@pytest.mark.parametrize("suffix", [".wav", ".mp3"])
def test_a_picture_named_as_a_recording_is_not_unpacked(suffix: str, tmp_path: Path) -> None:
    """The same pixels without any sound."""
    file = tmp_path / f"picture{suffix}"
    file.write_bytes(picture_bomb())

    ending = delivered(tmp_path, file)

    assert (ending.ended, ending.code) == ("failed", "audio_missing")
    assert ending.grown_mib < MOST_MIB


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [("entry.txt", 100_000_000, "text_too_long"), ("entry.wav", 600_000_000, "recording_too_large")],
)
def test_an_upload_beyond_the_limit_is_refused_unread(name: str, size: int, code: str, tmp_path: Path) -> None:
    """A hundred megabytes of text, six hundred of sound: their size is known before a byte is read."""
    file = tmp_path / name
    with file.open("wb") as sparse:
        sparse.truncate(size)

    ending = delivered(tmp_path, file)

    assert (ending.ended, ending.code) == ("failed", code)
    assert ending.grown_mib < 16
