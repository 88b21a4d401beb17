"""Opening a recording: which formats are read, what a file holds, and how long it promises to last."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from samo.domain.errors import AudioDamaged, AudioMissing, AudioProtected, AudioUnreadable, RecordingEmpty
from samo.inference.speech.copy_protection import is_protected

SOUND_FORMATS = ("wav", "w64", "mp3", "aac", "mov", "ogg", "flac", "matroska", "webm", "aiff", "amr", "caf")
PICTURE_FORMATS = ("png_pipe", "jpeg_pipe", "gif", "webp_pipe", "bmp_pipe", "tiff_pipe")

# Frames follow one another without a header that says how many: FFmpeg divides the size by the bit rate of the first
# ones. It claimed 1,278 s for 44 s of AAC that begin with a silence.
FRAMES_ONLY = ("aac", "amr")

_OPTIONS = {
    # A playlist or concat script named .mp3 would otherwise have FFmpeg open the files and URLs that it lists.
    "format_whitelist": ",".join([*SOUND_FORMATS, *PICTURE_FORMATS]),
    "protocol_whitelist": "file",
}

# Below version 19, PyAV refuses files with tags that are not UTF-8; from then on it does not know the parameter.
_ANY_TAGS: dict[str, Any] = {"metadata_errors": "ignore"} if int(av.__version__.split(".")[0]) < 19 else {}

_SIGNATURES = {0: (b"RIFF", b"fLaC", b"OggS", b"ID3", b"\x1a\x45\xdf\xa3"), 4: (b"ftyp", b"moov")}

# From here on, a RIFF size stands for "unknown": a recorder that wrote to a pipe could not know.
_RIFF_SIZE_UNKNOWN = 0x7FFF_FF00


class Sound(NamedTuple):
    """An open recording with its sound track. `promised_s` is None where the container makes no promise to rely on."""

    container: InputContainer
    stream: AudioStream
    size: int
    promised_s: float | None

    @property
    def frames_only(self) -> bool:
        """Whether all bytes of the file, but for tags, are sound."""
        return self.container.format.name in (*FRAMES_ONLY, "mp3")


@contextmanager
def open_sound(path: Path) -> Iterator[Sound]:
    """Open the recording's first sound track.

    Raises `RecordingEmpty` for a file of 0 bytes, `AudioMissing` for a picture or a silent film, `AudioProtected` for
    encrypted sound, `AudioDamaged` for a file that begins like a recording and cannot be opened, and `AudioUnreadable`
    for anything else.
    """
    size = path.stat().st_size
    if size == 0:
        raise RecordingEmpty("the file holds 0 bytes")
    try:
        container = av.open(str(path.absolute()), "r", options=_OPTIONS, **_ANY_TAGS)
    except av.error.FFmpegError as error:
        raise _refusal(path, size) from error
    with container:
        if container.format.name.startswith("mov") and is_protected(path):
            raise AudioProtected("the sound is encrypted")
        stream = _sound_track(container)
        yield Sound(container, stream, size, _promised_s(container, stream, path, size))


def _refusal(path: Path, size: int) -> AudioDamaged | AudioUnreadable:
    head = _head(path, 8)
    if any(head[offset:].startswith(signs) for offset, signs in _SIGNATURES.items()):
        return AudioDamaged(f"{size} bytes begin like a recording, but its index or most of it is missing")
    return AudioUnreadable(f"{size} bytes in no audio format that is read here")


def _sound_track(container: InputContainer) -> AudioStream:
    if container.streams.audio:
        stream = container.streams.audio[0]
        if stream.codec_context is None or not stream.codec_context.sample_rate:
            raise AudioUnreadable("the sound is in a codec that cannot be decoded")
        return stream
    if container.streams.video:
        raise AudioMissing("the file holds pictures and no sound")
    raise AudioUnreadable("the file holds no sound")


def _promised_s(container: InputContainer, stream: AudioStream, path: Path, size: int) -> float | None:
    name = container.format.name
    if name in FRAMES_ONLY or (name == "mp3" and not _counts_its_frames(path)):
        return None
    if stream.duration is not None and stream.time_base is not None:
        promised_s = float(stream.duration * stream.time_base)
    elif container.duration is not None and len(container.streams) == 1:
        promised_s = container.duration / av.time_base
    else:
        return None
    return promised_s + (_cut_off_s(path, size, stream.codec_context.bit_rate) if name == "wav" else 0.0)


def _counts_its_frames(path: Path) -> bool:
    """Whether the first MP3 frame is the encoder's note of how many follow. A guess from the bit rate is no promise."""
    head = _head(path, 10)
    start = 0
    if head.startswith(b"ID3") and len(head) == 10:
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    first_frame = _head(path, 2048, start)
    return any(sign in first_frame for sign in (b"Xing", b"Info", b"VBRI"))


def _cut_off_s(path: Path, size: int, bit_rate: int | None) -> float:
    """Seconds that a WAV's header counts beyond the end of the file; FFmpeg believes the file instead."""
    head = _head(path, 8)
    if len(head) < 8 or not head.startswith(b"RIFF") or not bit_rate:
        return 0.0
    (riff_size,) = struct.unpack("<I", head[4:])
    return 0.0 if riff_size >= _RIFF_SIZE_UNKNOWN else max(0, riff_size + 8 - size) * 8 / bit_rate


def _head(path: Path, length: int, start: int = 0) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)
