"""The walk through a sound track: frames decoded and resampled one by one, and an account of what was met."""

from __future__ import annotations

from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame

from samo.domain.errors import AudioUnreadable
from samo.domain.window_plan import SAMPLE_RATE_HZ
from samo.inference.speech.audio_container import Sound

BYTES_PER_SAMPLE = 2


class AudioTrack:
    """One pass over a sound track. What cannot be decoded is left out, and counted.

    `bytes_met` counts the bytes of all packets; `broken_off` says that the file ends inside one, or cannot be read on.
    """

    def __init__(self, sound: Sound) -> None:
        self.bytes_met = 0
        self.broken_off = False
        self._sound = sound
        self._bytes_heard = 0
        self._first_byte: int | None = None
        self._resampler: av.AudioResampler | None = None
        self._form: tuple[str, str, int] | None = None

    def frames(self) -> Iterator[AudioFrame]:
        """The frames that can be decoded, in order."""
        packets = self._sound.container.demux(self._sound.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self.broken_off = True
                return
            if packet.size and self._first_byte is None:
                self._first_byte = packet.pos
            self.bytes_met += packet.size
            # A WAV's header tells what is missing; one without a length always ends inside a packet.
            self.broken_off |= packet.is_corrupt and self._sound.container.format.name != "wav"
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            self._bytes_heard += packet.size
            yield from (frame for frame in frames if isinstance(frame, AudioFrame) and frame.sample_rate)

    def resampled(self, frame: AudioFrame) -> bytes:
        """The frame as 16-bit little-endian mono at 16 kHz; some of it may come with the next one.

        Sixteen bits, as in faster-whisper's own decoder, so that Whisper hears the same samples.
        """
        pcm = b""
        if (form := (frame.format.name, frame.layout.name, frame.sample_rate)) != self._form:
            # The first frame, or one of AAC that has just doubled its rate.
            pcm = self.remainder()
            self._resampler, self._form = av.AudioResampler("s16", "mono", SAMPLE_RATE_HZ), form
        frame.pts = None
        return pcm + self._pulled(frame)

    def remainder(self) -> bytes:
        """What `resampled` still owes after the last frame."""
        return self._pulled(None)

    def expected_s(self, decoded_s: float) -> float:
        """The container's promise, or without one what its bytes should give at the rate of those that were heard."""
        if self._sound.promised_s is not None:
            return self._sound.promised_s
        there = self._sound.size - (self._first_byte or 0) if self._sound.frames_only else self.bytes_met
        return decoded_s * there / max(1, self._bytes_heard)

    def _pulled(self, frame: AudioFrame | None) -> bytes:
        if self._resampler is None:
            return b""
        try:
            return b"".join(piece.to_ndarray().tobytes() for piece in self._resampler.resample(frame))
        except av.error.FFmpegError as error:
            raise AudioUnreadable("the sound has channels in no known arrangement, or an impossible rate") from error
