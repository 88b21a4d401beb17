"""Speech to text with Whisper, by faster-whisper on the CPU, with weights from the model store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper.transcribe import restore_speech_timestamps

from samo.domain.errors import ModelNotPublished
from samo.domain.heard import HeardSegment, HeardWord
from samo.domain.hints import TranscriptionHints
from samo.domain.recording import RecordingRef
from samo.domain.transcript import EngineUse
from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch, WindowPlan
from samo.inference.model_store.lazy_models import LazyModels, Loaded
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import Samples
from samo.inference.speech.transcriber import HeardWindow, Settled, WindowedTranscriber
from samo.inference.speech.whisper_hints import hint_options
from samo.inference.speech.whisper_model import load_whisper

NO_WEIGHTS_ADVICE = (
    "Fetch Whisper weights with `samo models fetch transcription`, publish your own with `samo models publish`, or use "
    "the stand-in speech engine pocketsphinx"
)


# Ten of Whisper's own half minutes: enough that the last, half-empty one costs little, and no more than a minute or two
# of work for a killed worker to lose.
WINDOW_S = 300.0


class WhisperEngine:
    """The `SpeechEngine`. Which version hears a recording depends on the recording's name alone.

    Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", ICML 2023.
    """

    stand_in = False

    def __init__(self, models: LazyModels[WhisperModel], *, window_s: float = WINDOW_S) -> None:
        self._models = models
        self.window_s = window_s

    def settle(
        self, recording: RecordingRef, hints: TranscriptionHints, first_speech: Callable[[], Samples] | None
    ) -> Settled:
        """Load the model and, where it knows several languages and no hint names one, tell it from the first speech.

        Raises `ModelUnavailable`, `ModelCorrupt`, `StoreUnavailable` without a model.
        """
        loaded = self._model_for(recording)
        hints = hint_options(loaded.model, hints).hints
        settled = Settled(EngineUse(engine=loaded.manifest.engine, version=loaded.manifest.version), hints)
        if first_speech is None or hints.language is not None or not loaded.model.model.is_multilingual:
            return settled
        language, probability, _ = loaded.model.detect_language(first_speech())
        return settled._replace(language=language, language_probability=float(probability))

    def hear(self, speech: Samples, stretches: Sequence[Stretch], plan: WindowPlan) -> HeardWindow:
        """Hear one window with the plan's model, hints and language. Raises `ModelUnavailable`, `ModelCorrupt`."""
        loaded = self._models.pinned((plan.made_by.version if plan.made_by else None) or "")
        options = hint_options(loaded.model, plan.hints).arguments
        if plan.language is not None:
            options = {**options, "language": plan.language}
        # A window that begins with what was misheard in the last one repeats it: the known way into a loop.
        segments, info = loaded.model.transcribe(
            speech, word_timestamps=True, condition_on_previous_text=False, **options
        )
        chunks = [stretch._asdict() for stretch in stretches]
        return HeardWindow(
            segments=list(_heard_segments(restore_speech_timestamps(segments, chunks, SAMPLE_RATE_HZ))),
            language=info.language,
            # A model that knows one language has not found it out.
            language_probability=info.language_probability if loaded.model.model.is_multilingual else None,
        )

    def _model_for(self, recording: RecordingRef) -> Loaded[WhisperModel]:
        try:
            return self._models.get(recording.name)
        except ModelNotPublished as error:
            raise ModelNotPublished(f"{error}. {NO_WEIGHTS_ADVICE}") from None


class WhisperTranscriber(WindowedTranscriber):
    """The `Transcriber` port with Whisper. Where nobody speaks, the text is empty and no model is loaded."""

    def __init__(self, models: LazyModels[WhisperModel], *, max_duration_s: float, window_s: float = WINDOW_S) -> None:
        super().__init__(WhisperEngine(models, window_s=window_s), max_duration_s=max_duration_s)


def whisper_transcriber(
    store: ModelStore, *, threads: int, max_duration_s: float, window_s: float = WINDOW_S
) -> WhisperTranscriber:
    """A transcriber with models from `store`, loaded when somebody first speaks. `threads` is the number of vCPUs."""
    models = LazyModels(store, "transcription", partial(load_whisper, threads=threads))
    return WhisperTranscriber(models, max_duration_s=max_duration_s, window_s=window_s)


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
