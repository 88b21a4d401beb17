"""Small files that become large ones: sound, pictures and documents."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

RATE_HZ = 8_000
_BLOCK = 65_535


def silent_flac(path: Path, *, seconds: int, claimed_seconds: int) -> Path:
    """Silence of which each frame, eight seconds long, has some 14 bytes (RFC 9639); a day of it has 150 kB.

    The header claims `claimed_seconds`, 0 for a stream that does not know.
    """
    rate_channels_bits = RATE_HZ << 12 | 0 << 9 | 15 << 4  # mono, 16 bits
    samples = claimed_seconds * RATE_HZ
    info = struct.pack(">HH3s3s", _BLOCK, _BLOCK, bytes(3), bytes(3))
    info += (rate_channels_bits << 32 | samples).to_bytes(8, "big") + bytes(16)
    with path.open("wb") as file:
        file.write(b"fLaC" + bytes([0x80]) + len(info).to_bytes(3, "big") + info)
        file.writelines(_silent_frames(seconds * RATE_HZ // _BLOCK + 1))
    return path


def _silent_frames(count: int) -> Iterator[bytes]:
    for number in range(count):
        # 16 bits of block size follow; 8 kHz, mono, 16 bits.
        header = b"\xff\xf8\x74\x08" + _coded(number) + struct.pack(">H", _BLOCK - 1)
        frame = header + bytes([_crc(header, 8, 0x07)]) + b"\x00\x00\x00"  # one constant sub-frame of zeros
        yield frame + _crc(frame, 16, 0x8005).to_bytes(2, "big")


def _coded(number: int) -> bytes:
    """As UTF-8 codes a character."""
    return chr(number).encode("utf-8", "surrogatepass")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    top, value = 1 << bits, 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = value << 1 ^ (polynomial if value << 1 & top else 0)
            value &= top - 1
    return value


def picture_bomb(side: int = 20_000) -> bytes:
    """A PNG of one colour: `side`² pixels of 4 bytes, deflated a thousandfold."""
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    deflate = zlib.compressobj(9)
    row = bytes(1 + 4 * side)
    pixels = b"".join(deflate.compress(row) for _ in range(side)) + deflate.flush()
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def with_cover(mp3: bytes, picture: bytes) -> bytes:
    """An MP3 with the picture as its cover (ID3v2.3, `APIC`)."""
    body = b"\x00image/png\x00\x03\x00" + picture
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\x00\x00" + body
    size = len(frame)
    return b"ID3\x03\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + frame + mp3


TRANSCRIPT = (
    b'{"schema_version":%d,"recording":{"bucket":"recordings","name":"mia/day.txt","generation":1},"source":"text",'
    b'"text":%s,"empty_reason":null,"language":null,"language_probability":null,"confidence":null,'
    b'"words_per_minute":null,%s,"warnings":[],"made_by":null,"created_at":"2026-01-01T00:00:00Z",'
    b'"segments":[%s],"more":%s}'
)
SEGMENT = b'{"text":"a b","start_s":1,"end_s":2,"words":[],"mean_log_probability":null,"no_speech_probability":null}'


def transcript(*, text: bytes = b"I am happy.", segments: int = 0, more: bytes = b"0", version: int = 3) -> bytes:
    """A transcript's document, as long as wanted in each of its parts; `more` is a field that nobody knows."""
    audio = b'"duration_s":null' if version == 1 else b'"audio":null,"quality":null,"dropped":[],"hints":null'
    return TRANSCRIPT % (version, b'"' + text + b'"', audio, b",".join([SEGMENT] * segments), more)
