"""The stand-in engine, for a machine without Whisper weights: American English, no punctuation, many wrong words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from samo.domain.errors import EngineMissing
from samo.domain.heard import HeardSegment, HeardWord
from samo.domain.hints import TranscriptionHints, without_use_of
from samo.domain.recording import RecordingRef
from samo.domain.transcript import EngineUse
from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch, WindowPlan
from samo.inference.speech.audio import Samples
from samo.inference.speech.transcriber import HeardWindow, Settled, WindowedTranscriber

if TYPE_CHECKING:
    from pocketsphinx import Decoder

# An utterance's search and word lattice grow with its length.
WINDOW_S = 30.0

FRAMES_PER_S = 100


class PocketsphinxEngine:
    """The `SpeechEngine`, labelled as a stand-in in every transcript. It can use no hint, and the transcript says so.

    Three in ten words are wrong where a person reads clearly. Its word probabilities are not calibrated and left out.
    Raises `EngineMissing` when the package is not installed.

    Huggins-Daines et al., "Pocketsphinx: A Free, Real-Time Continuous Speech Recognition System", ICASSP 2006.
    """

    window_s = WINDOW_S
    stand_in = True

    def __init__(self) -> None:
        self._new_decoder = _decoder_class()

    def settle(
        self,
        recording: RecordingRef,  # noqa: ARG002 - there is one model for all
        hints: TranscriptionHints,
        first_speech: Callable[[], Samples] | None,  # noqa: ARG002 - and one language
    ) -> Settled:
        """The one model and language that there are."""
        return Settled(EngineUse(engine="pocketsphinx", version=None), without_use_of(hints))

    def hear(self, speech: Samples, stretches: Sequence[Stretch], plan: WindowPlan) -> HeardWindow:  # noqa: ARG002
        """Hear each stretch as an utterance of its own."""
        # A decoder adapts to what it hears, so a used one hears the same window differently. Half a second to load.
        decoder = self._new_decoder(loglevel="FATAL")
        segments, position = [], 0
        for stretch in stretches:
            length = stretch.end - stretch.start
            segments.append(_segment(decoder, speech[position : position + length], stretch))
            position += length
        return HeardWindow(segments, language="en", language_probability=None)


class PocketsphinxTranscriber(WindowedTranscriber):
    """The `Transcriber` port with the stand-in. Asked about silence it would answer "dog"; it is not asked."""

    def __init__(self, *, max_duration_s: float) -> None:
        super().__init__(PocketsphinxEngine(), max_duration_s=max_duration_s)


def _decoder_class() -> type[Decoder]:
    try:
        from pocketsphinx import Decoder
    except ImportError as error:
        raise EngineMissing("pocketsphinx is not installed; pip install 'samo[pocketsphinx]' brings it") from error
    decoder_class: type[Decoder] = Decoder
    return decoder_class


def _segment(decoder: Decoder, samples: Samples, stretch: Stretch) -> HeardSegment:
    start_s, end_s = stretch.start / SAMPLE_RATE_HZ, stretch.end / SAMPLE_RATE_HZ
    words = list(_words(decoder, samples, start_s))
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
