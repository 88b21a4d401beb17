"""A recording, decoded: any format in, 16 kHz mono out, as a stream, never more of it than is accepted."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from samo.domain.errors import AudioDamaged, RecordingEmpty, RecordingTooLong
from samo.domain.window_plan import SAMPLE_RATE_HZ
from samo.inference.speech.audio_container import open_sound
from samo.inference.speech.audio_track import BYTES_PER_SAMPLE, AudioTrack

__all__ = ["BLOCK_SAMPLES", "SAMPLE_RATE_HZ", "AudioStream", "DecodedAudio", "Samples", "SoundFacts", "decode"]

Samples = npt.NDArray[np.float32]

# How much less than promised may arrive. Whole files of every format were measured within 0.02 s of their promise, so
# half a second or a fiftieth, whichever is more, is damage; and below half of the promise the words mean little.
TOLERATED_S = 0.5
TOLERATED_SHARE = 0.02
LEAST_SHARE = 0.5

BLOCK_SAMPLES = 1024 * 512
"""What a stream hands out at once: 32.8 s, a whole number of the VAD's frames."""


@dataclass(frozen=True)
class SoundFacts:
    """What the file said about itself, and how much of it could be decoded.

    `container_s` is how long the container promises to last, None where it makes no promise. `damaged` is true when
    sound is missing, but at least half of it is here.
    """

    duration_s: float
    container_s: float | None
    sample_rate_hz: int
    channels: int
    codec: str
    damaged: bool


@dataclass(frozen=True)
class DecodedAudio:
    """16 kHz mono sound, float32 [n] in [-1, 1], and what the file said about itself, as in `SoundFacts`."""

    samples: Samples
    container_s: float | None
    sample_rate_hz: int
    channels: int
    codec: str
    damaged: bool

    @property
    def duration_s(self) -> float:
        """Seconds of sound that could be decoded."""
        return len(self.samples) / SAMPLE_RATE_HZ


class AudioStream:
    """One pass over the recording's first sound track, all channels mixed, in memory that does not grow with it.

    Zeros written over uncompressed sound, and an Ogg file or a stream of AAC frames cut between two of its parts,
    cannot be told from a recording that was made that way.
    """

    def __init__(self, path: Path, *, max_duration_s: float) -> None:
        self._path = path
        self._max_duration_s = max_duration_s
        self._facts: SoundFacts | None = None

    @property
    def facts(self) -> SoundFacts:
        """What is known once `blocks` has come to its end."""
        if self._facts is None:
            raise RuntimeError("the stream has not come to its end")
        return self._facts

    def blocks(self) -> Generator[Samples]:
        """The sound, float32 in [-1, 1], in blocks of `BLOCK_SAMPLES`; the last one is shorter.

        Raises `RecordingTooLong` as soon as the container promises, or the sound exceeds, `max_duration_s`;
        `RecordingEmpty` for a container without sound; `AudioDamaged`, at the end, when less than half of what was
        promised is left; and what `open_sound` raises.
        """
        with open_sound(self._path) as sound:
            _require_at_most(self._max_duration_s, sound.promised_s or 0.0)
            track = AudioTrack(sound)
            count = 0
            pcm = bytearray()
            for piece in self._pieces(track):
                pcm += piece
                _require_at_most(self._max_duration_s, _seconds(count + len(pcm) // BYTES_PER_SAMPLE))
                while len(pcm) >= BLOCK_SAMPLES * BYTES_PER_SAMPLE:
                    yield _float32(pcm[: BLOCK_SAMPLES * BYTES_PER_SAMPLE])
                    del pcm[: BLOCK_SAMPLES * BYTES_PER_SAMPLE]
                    count += BLOCK_SAMPLES
            if pcm:
                yield _float32(pcm)
            decoded_s = _seconds(count + len(pcm) // BYTES_PER_SAMPLE)
            self._facts = SoundFacts(
                duration_s=decoded_s,
                container_s=sound.promised_s,
                sample_rate_hz=sound.stream.codec_context.sample_rate,
                channels=sound.stream.codec_context.channels,
                codec=sound.stream.codec_context.name,
                damaged=_is_damaged(track, decoded_s),
            )

    def _pieces(self, track: AudioTrack) -> Iterator[bytes]:
        for frame in track.frames():
            # Before it is resampled: a frame of 1 Hz would grow by 16,000.
            _require_at_most(self._max_duration_s, frame.samples / frame.sample_rate)
            yield track.resampled(frame)
        yield track.remainder()


def decode(path: Path, *, max_duration_s: float) -> DecodedAudio:
    """Decode a whole recording, for callers that know it to be short. Raises what `AudioStream.blocks` raises."""
    stream = AudioStream(path, max_duration_s=max_duration_s)
    samples = np.concatenate([np.zeros(0, np.float32), *stream.blocks()])
    facts = stream.facts
    return DecodedAudio(
        samples=samples,
        container_s=facts.container_s,
        sample_rate_hz=facts.sample_rate_hz,
        channels=facts.channels,
        codec=facts.codec,
        damaged=facts.damaged,
    )


def _is_damaged(track: AudioTrack, decoded_s: float) -> bool:
    """Whether sound is missing; raises `RecordingEmpty` or `AudioDamaged` when too little of it is here."""
    expected_s = track.expected_s(decoded_s)
    if decoded_s == 0.0:
        if track.bytes_met or expected_s:
            raise AudioDamaged("nothing of it could be decoded")
        raise RecordingEmpty("the container holds no sound")
    if expected_s - decoded_s <= max(TOLERATED_S, TOLERATED_SHARE * expected_s):
        return track.broken_off
    if decoded_s < LEAST_SHARE * expected_s:
        raise AudioDamaged(f"{decoded_s:.1f} s could be decoded of {expected_s:.1f} s")
    return True


def _require_at_most(max_duration_s: float, duration_s: float) -> None:
    if duration_s > max_duration_s:
        raise RecordingTooLong(f"longer than the {max_duration_s:.0f} s that are accepted")


def _seconds(samples: int) -> float:
    return samples / SAMPLE_RATE_HZ


def _float32(pcm: bytearray) -> Samples:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    samples /= 32768.0
    return samples
