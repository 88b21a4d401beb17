"""The engines behind the ports `Transcriber`, `EmotionReader` and `Summarizer`, each imported when it is asked for."""

from __future__ import annotations

from samo.domain.summary import SummaryOptions
from samo.ports import EmotionReader, ObjectStore, Summarizer, Transcriber
from samo.settings import SummaryEngine
from samo.wiring.clock import SystemClock


def open_transcriber(
    engine: str, models: list[ObjectStore], *, channel: str, threads: int, max_s: float
) -> Transcriber:
    """The speech engine: `whisper` with weights from `models`, or the stand-in `pocketsphinx`."""
    if engine == "pocketsphinx":
        from samo.inference.speech.pocketsphinx import PocketsphinxTranscriber

        return PocketsphinxTranscriber(max_duration_s=max_s)
    from samo.inference.model_store.store import ModelStore
    from samo.inference.speech.whisper import whisper_transcriber

    return whisper_transcriber(ModelStore(models, channel=channel), threads=threads, max_duration_s=max_s)


def open_emotion_reader(models: list[ObjectStore], *, channel: str, threads: int) -> EmotionReader:
    """The emotion classifier with weights from `models`."""
    from samo.inference.emotion.reader import onnx_emotion_reader
    from samo.inference.model_store.store import ModelStore

    return onnx_emotion_reader(ModelStore(models, channel=channel), threads=threads)


def open_summarizer(
    models: list[ObjectStore], *, channel: str, threads: int, options: SummaryOptions, engine: SummaryEngine
) -> Summarizer:
    """`auto`: a T5 from `models` where there is one, and extractive otherwise. `extractive`: no model is looked for."""
    if engine == "extractive":
        from samo.inference.summarizer.extractive import ExtractiveSummarizer

        return ExtractiveSummarizer(options)
    from samo.inference.model_store.store import ModelStore
    from samo.inference.summarizer.fallback import t5_summarizer

    return t5_summarizer(ModelStore(models, channel=channel), options, threads=threads, clock=SystemClock())
