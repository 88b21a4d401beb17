"""Recordings for tests, made from one that a person spoke: any format, rate and channel count."""

from __future__ import annotations

import struct
import wave
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

CODECS = {
    ".wav": "pcm_s16le",
    ".mp3": "libmp3lame",
    ".m4a": "aac",
    ".mp4": "aac",
    ".aac": "aac",
    ".ogg": "vorbis",
    ".opus": "libopus",
    ".flac": "flac",
    ".webm": "libopus",
}

_FORMATS = {".aac": "adts", ".opus": "ogg", ".m4a": "ipod"}
_RATES_HZ = {"libopus": 48_000}
_CHANNELS = {"vorbis": 2}
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 7: "6.1", 8: "7.1"}


def encode(
    source: Path,
    target: Path,
    *,
    rate_hz: int | None = None,
    channels: int | None = None,
    film: bool = False,
    muxer: Mapping[str, str] | None = None,
    encoder: Mapping[str, str] | None = None,
) -> Path:
    """Encode the sound of `source` in the format of `target`'s suffix; rate and channels stay, unless given.

    `film` adds a moving picture before the sound; `muxer` and `encoder` are FFmpeg's options for the two.
    """
    codec = CODECS[target.suffix]
    experimental = {"strict": "-2"} if codec == "vorbis" else {}
    with (
        av.open(str(source)) as reader,
        av.open(str(target), "w", format=_FORMATS.get(target.suffix), options=dict(muxer or {})) as writer,
    ):
        heard = reader.streams.audio[0]
        camera = _add_camera(writer) if film else None
        sound: Any = writer.add_stream(
            codec,
            rate=rate_hz or _RATES_HZ.get(codec) or heard.codec_context.sample_rate,
            layout=_LAYOUTS[channels or _CHANNELS.get(codec) or heard.codec_context.channels],
            options={**experimental, **(encoder or {})},
        )
        if camera is not None:
            _film(writer, camera, duration_s=1)
        sample = 0
        for frame in reader.decode(heard):
            frame.pts = sample
            sample += frame.samples
            writer.mux(sound.encode(frame))
        writer.mux(sound.encode(None))
    return target


def film_without_sound(target: Path) -> Path:
    """Two seconds of a moving picture, and no sound track."""
    with av.open(str(target), "w") as writer:
        _film(writer, _add_camera(writer), duration_s=2)
    return target


def picture(target: Path) -> Path:
    """A small photograph in the format of the suffix, .png or .jpg, whatever the file is called afterwards."""
    codec, pixels = {".png": ("png", "rgb24"), ".jpg": ("mjpeg", "yuvj420p")}[target.suffix]
    with av.open(str(target), "w", format="image2", options={"update": "1"}) as writer:
        stream: Any = writer.add_stream(codec, rate=1)
        stream.width = stream.height = 32
        stream.pix_fmt = pixels
        grey = np.full((32, 32, 3), 90, dtype=np.uint8)
        writer.mux(stream.encode(av.VideoFrame.from_ndarray(grey)))
        writer.mux(stream.encode(None))
    return target


def protect(recording: Path, target: Path, *, entry: bytes) -> Path:
    """An m4a as a store sells it: the sample entry `drms` or `enca` with the scheme's boxes, and encrypted sound."""
    data = bytearray(recording.read_bytes())
    start = data.find(b"mp4a")
    scheme = {b"drms": b"itun", b"enca": b"cenc"}[entry]
    sinf = _box(b"sinf", _box(b"frma", b"mp4a") + _box(b"schm", bytes(4) + scheme + b"\0\1\0\0"))
    (length,) = struct.unpack(">I", data[start - 4 : start])
    data[start : start + 4] = entry
    data[start - 4 + length : start - 4 + length] = sinf
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", entry):
        place = data.find(kind)
        (length,) = struct.unpack(">I", data[place - 4 : place])
        data[place - 4 : place] = struct.pack(">I", length + len(sinf))
    sound = data.find(b"mdat")
    (length,) = struct.unpack(">I", data[sound - 4 : sound])
    data[sound + 4 : sound - 4 + length] = np.random.default_rng(0).bytes(length - 8)
    target.write_bytes(data)
    return target


def silence_of_hours(target: Path, *, hours: float) -> Path:
    """Frames of AAC that hold silence, 8 kHz: a file without a promise that plays for very long, made in a moment."""
    frame = _silent_frame(target.with_suffix(".frame.aac"))
    target.write_bytes(frame * int(hours * 3600 * 8_000 / 1024))
    return target


def _silent_frame(scratch: Path) -> bytes:
    wav = write_wav(scratch.with_suffix(".wav"), np.zeros(8_000 * 2, np.float32), rate_hz=8_000)
    data = encode(wav, scratch, rate_hz=8_000).read_bytes()
    # An ADTS header has the length of its frame in 13 bits from bit 30 on; the second frame is like all that follow.
    first = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    second = (data[first + 3] & 3) << 11 | data[first + 4] << 3 | data[first + 5] >> 5
    return data[first : first + second]


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def write_wav(target: Path, samples: npt.NDArray[np.float32], *, rate_hz: int = 16_000) -> Path:
    """Samples in [-1, 1], float32 [n] or [n, channels], as 16-bit WAV."""
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.clip(samples * 32768, -32768, 32767).astype("<i2").tobytes())
    return target


def _add_camera(writer: Any) -> Any:
    stream = writer.add_stream("libvpx" if writer.format.name == "webm" else "libx264", rate=Fraction(10))
    stream.width = stream.height = 32
    stream.pix_fmt = "yuv420p"
    return stream


def _film(writer: Any, camera: Any, *, duration_s: int) -> None:
    for number in range(10 * duration_s):
        grey = np.full((32, 32, 3), 20 * number % 256, dtype=np.uint8)
        writer.mux(camera.encode(av.VideoFrame.from_ndarray(grey)))
    writer.mux(camera.encode(None))
