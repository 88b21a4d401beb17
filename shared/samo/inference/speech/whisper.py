"""Speech to text with Whisper, by faster-whisper on the CPU, with weights from the model store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper.transcribe import restore_speech_timestamps

from samo.domain.errors import ModelNotPublished
from samo.domain.hints import NO_HINTS, TranscriptionHints
from samo.domain.recording import RecordingRef
from samo.domain.transcript import EngineUse, Transcript
from samo.inference.model_store.lazy_models import LazyModels, Loaded
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import SAMPLE_RATE_HZ, Samples, decode
from samo.inference.speech.gates import screen
from samo.inference.speech.heard import NOTHING_HEARD, Heard, HeardSegment, HeardWord
from samo.inference.speech.quality import QualityMeter
from samo.inference.speech.transcripts import transcript_of
from samo.inference.speech.voice_activity import Stretch, only_speech, speech_s, speech_stretches
from samo.inference.speech.whisper_hints import hint_options
from samo.inference.speech.whisper_model import load_whisper

NO_WEIGHTS_ADVICE = (
    "Fetch Whisper weights with `samo models fetch transcription`, publish your own with `samo models publish`, or use "
    "the stand-in speech engine pocketsphinx"
)


class WhisperTranscriber:
    """The `Transcriber` port. Which version transcribes a recording depends on the recording's name alone.

    Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", ICML 2023.
    """

    def __init__(self, models: LazyModels[WhisperModel], *, max_duration_s: float) -> None:
        self._models = models
        self._max_duration_s = max_duration_s

    def transcribe(
        self, audio: Path, recording: RecordingRef, *, created_at: str, hints: TranscriptionHints = NO_HINTS
    ) -> Transcript:
        """Transcribe the file. Where nobody speaks, the text is empty and no model is loaded.

        Raises what `decode` raises, and `ModelUnavailable`, `ModelCorrupt`, `StoreUnavailable` without a model.
        """
        decoded = decode(audio, max_duration_s=self._max_duration_s)
        stretches = speech_stretches(decoded.samples)
        meter = QualityMeter()
        meter.add(decoded.samples, stretches)
        heard = NOTHING_HEARD
        if stretches:
            loaded = self._model_for(recording)
            options, hints = hint_options(loaded.model, hints)
            heard = _listen(loaded, decoded.samples, stretches, options)
        return transcript_of(
            heard,
            decoded,
            recording,
            speech_s=speech_s(stretches),
            created_at=created_at,
            sound=meter.quality(),
            hints=hints,
        )

    def _model_for(self, recording: RecordingRef) -> Loaded[WhisperModel]:
        try:
            return self._models.get(recording.name)
        except ModelNotPublished as error:
            raise ModelNotPublished(f"{error}. {NO_WEIGHTS_ADVICE}") from None


def whisper_transcriber(store: ModelStore, *, threads: int, max_duration_s: float) -> WhisperTranscriber:
    """A transcriber with models from `store`, loaded when somebody first speaks. `threads` is the number of vCPUs."""
    models = LazyModels(store, "transcription", partial(load_whisper, threads=threads))
    return WhisperTranscriber(models, max_duration_s=max_duration_s)


def _listen(
    loaded: Loaded[WhisperModel], samples: Samples, stretches: Sequence[Stretch], options: dict[str, Any]
) -> Heard:
    # A window that begins with what was misheard in the last one repeats it: the known way into a loop.
    segments, info = loaded.model.transcribe(
        only_speech(samples, stretches), word_timestamps=True, condition_on_previous_text=False, **options
    )
    chunks = [stretch._asdict() for stretch in stretches]
    heard = list(_heard_segments(restore_speech_timestamps(segments, chunks, SAMPLE_RATE_HZ)))
    screened = screen(heard, samples, offset_s=0.0)
    return Heard(
        segments=screened.kept,
        dropped=screened.dropped,
        made_by=EngineUse(engine=loaded.manifest.engine, version=loaded.manifest.version),
        language=info.language,
        # A model that knows one language has not found it out.
        language_probability=info.language_probability if loaded.model.model.is_multilingual else None,
    )


def _heard_segments(segments: Iterator[Any]) -> Iterator[HeardSegment]:
    for segment in segments:
        yield HeardSegment(
            text=segment.text,
            start_s=float(segment.start),
            end_s=float(segment.end),
            words=[
                HeardWord(word.word, float(word.start), float(word.end), float(word.probability))
                for word in segment.words or ()
            ],
            mean_log_probability=float(segment.avg_logprob),
            no_speech_probability=float(segment.no_speech_prob),
            compression_ratio=float(segment.compression_ratio),
        )
