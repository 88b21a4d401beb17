"""The stand-in engine, for a machine without Whisper weights: American English, no punctuation, many wrong words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from samo.domain.errors import EngineMissing
from samo.domain.hints import NO_HINTS, TranscriptionHints, without_use_of
from samo.domain.recording import RecordingRef
from samo.domain.transcript import EngineUse, Transcript
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.gates import screen
from samo.inference.speech.heard import NOTHING_HEARD, Heard, HeardSegment, HeardWord
from samo.inference.speech.quality import QualityMeter
from samo.inference.speech.transcripts import transcript_of
from samo.inference.speech.voice_activity import Stretch, speech_s, speech_stretches

if TYPE_CHECKING:
    from pocketsphinx import Decoder

# An utterance's search and word lattice grow with its length.
MAX_STRETCH_S = 30.0

FRAMES_PER_S = 100


class PocketsphinxTranscriber:
    """The `Transcriber` port, labelled as a stand-in in every transcript. Safe to share among threads.

    Three in ten words are wrong where a person reads clearly. Its word probabilities are not calibrated and left out.
    Raises `EngineMissing` when the package is not installed.

    Huggins-Daines et al., "Pocketsphinx: A Free, Real-Time Continuous Speech Recognition System", ICASSP 2006.
    """

    def __init__(self, *, max_duration_s: float) -> None:
        self._new_decoder = _decoder_class()
        self._max_duration_s = max_duration_s

    def transcribe(
        self, audio: Path, recording: RecordingRef, *, created_at: str, hints: TranscriptionHints = NO_HINTS
    ) -> Transcript:
        """Transcribe the file. Where nobody speaks, the text is empty. Raises what `decode` raises.

        The engine can use no hint: those that are given are ignored, and the transcript says so.
        """
        decoded = decode(audio, max_duration_s=self._max_duration_s)
        # Asked about silence, the engine answers "dog".
        stretches = speech_stretches(decoded.samples, max_stretch_s=MAX_STRETCH_S)
        heard = self._listen(decoded.samples, stretches) if stretches else NOTHING_HEARD
        meter = QualityMeter()
        meter.add(decoded.samples, stretches)
        return transcript_of(
            heard,
            decoded,
            recording,
            speech_s=speech_s(stretches),
            created_at=created_at,
            sound=meter.quality(),
            hints=without_use_of(hints),
        )

    def _listen(self, samples: Samples, stretches: Sequence[Stretch]) -> Heard:
        # A decoder adapts to what it hears, so a used one hears the same recording differently. Half a second to load.
        decoder = self._new_decoder(loglevel="FATAL")
        screened = screen([_segment(decoder, samples, stretch) for stretch in stretches], samples, offset_s=0.0)
        return Heard(
            segments=screened.kept,
            dropped=screened.dropped,
            made_by=EngineUse(engine="pocketsphinx", version=None),
            language="en",
            stand_in=True,
        )


def _decoder_class() -> type[Decoder]:
    try:
        from pocketsphinx import Decoder
    except ImportError as error:
        raise EngineMissing("pocketsphinx is not installed; pip install 'samo[pocketsphinx]' brings it") from error
    decoder_class: type[Decoder] = Decoder
    return decoder_class


def _segment(decoder: Decoder, samples: Samples, stretch: Stretch) -> HeardSegment:
    start_s, end_s = stretch.start / SAMPLE_RATE_HZ, stretch.end / SAMPLE_RATE_HZ
    words = list(_words(decoder, samples[stretch.start : stretch.end], start_s))
    return HeardSegment(
        text="".join(word.text for word in words),
        start_s=start_s,
        end_s=end_s,
        words=words,
        mean_log_probability=None,
        no_speech_probability=None,
    )


def _words(decoder: Decoder, samples: Samples, offset_s: float) -> Iterator[HeardWord]:
    pcm = (samples * 32767).astype("<i2").tobytes()
    decoder.start_utt()
    decoder.process_raw(pcm, no_search=False, full_utt=True)
    decoder.end_utt()
    for part in decoder.seg() or ():
        # <sil>, [NOISE] and ++UH++ are no words; the second way to say "read" is called read(2).
        if not part.word.startswith(("<", "[", "+")):
            yield HeardWord(
                text=" " + part.word.partition("(")[0],
                start_s=offset_s + part.start_frame / FRAMES_PER_S,
                end_s=offset_s + (part.end_frame + 1) / FRAMES_PER_S,
                probability=None,
            )
