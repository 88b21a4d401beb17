"""What people upload: twenty names, good and bad, and what each must come to."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.audio.clips import SHORT
from tests.audio.encode import encode, film_without_sound, picture, write_wav

# Words that no log has a reason to contain, and that stand in entries only.
SENTINELS = ("quokka", "xylograph", "zeppelin", "bergamot")

ENTRY = (
    f"I was anxious about the {SENTINELS[0]} all morning. Then the {SENTINELS[1]} arrived and I laughed out loud. "
    "I am so grateful for my friends."
)


@dataclass(frozen=True)
class Upload:
    """One object: its name, its bytes, and the code of the failure record it must get; None for an insight."""

    name: str
    data: bytes
    failure_code: str | None = None


def all_uploads(folder: Path) -> list[Upload]:
    """The uploads, in order; `folder` is for files on their way. One name comes twice, the first time superseded.

    The spoken ones come first: while they are transcribed, everything else is stored, and what is overwritten is
    overwritten before anybody looks at it.
    """
    return [*_spoken(folder), *_written(), *_damaged(folder), *_not_recordings(folder)]


def _spoken(folder: Path) -> list[Upload]:
    formats = ("wav", "mp3", "m4a", "ogg", "flac", "opus")
    voices = [Upload(f"ana/voice in {kind}.{kind}", _encoded(folder, kind)) for kind in formats]
    unicode_name = Upload("josé/día 🌙 – 日記.webm", _encoded(folder, "webm"))
    silence = write_wav(folder / "silence.wav", np.zeros(32_000, np.float32)).read_bytes()
    return [*voices, unicode_name, Upload("ana/silence.wav", silence)]


def _written() -> list[Upload]:
    return [
        Upload("ana/written.txt", ENTRY.encode()),
        Upload("ana/blank.txt", b" \r\n\t \n"),
        Upload("ana/overwritten.txt", f"The first {SENTINELS[2]}.".encode(), "recording_superseded"),
        Upload("ana/overwritten.txt", f"I feel proud of my second {SENTINELS[3]}.".encode()),
        Upload("ana/latin-1.txt", f"caf\xe9 {SENTINELS[0]}".encode("latin-1"), "text_not_utf8"),
    ]


def _damaged(folder: Path) -> list[Upload]:
    flac = _encoded(folder, "flac")
    header_only = write_wav(folder / "header only.wav", np.zeros(0, np.float32)).read_bytes()
    return [
        Upload("ana/empty.wav", b"", "recording_empty"),
        Upload("ana/header only.wav", header_only, "recording_empty"),
        Upload("ana/cut short.flac", flac[: len(flac) // 4], "audio_damaged"),
        Upload("ana/noise.mp3", random.Random(20).randbytes(40_000), "audio_unreadable"),
    ]


def _not_recordings(folder: Path) -> list[Upload]:
    return [
        Upload("ana/photo.m4a", picture(folder / "photo.png").read_bytes(), "audio_missing"),
        Upload("ana/film.mp4", film_without_sound(folder / "film.mp4").read_bytes(), "audio_missing"),
        Upload("ana/paper.pdf", f"%PDF-1.7 {SENTINELS[0]}".encode(), "recording_type_unknown"),
        Upload("nobody.wav", b"RIFF", "recording_name_invalid"),
    ]


def _encoded(folder: Path, kind: str) -> bytes:
    return encode(SHORT.path, folder / f"voice.{kind}").read_bytes()
