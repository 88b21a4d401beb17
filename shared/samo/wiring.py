"""Composition root: settings → adapters → stage. The only module that knows both sides; adapters load on demand."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from samo.domain.names import StageName
from samo.embedded import EmbeddedPipeline, Progress
from samo.leases import Leases
from samo.ports import Clock, EmotionReader, ObjectStore, Publisher, Transcriber
from samo.settings import (
    MAX_AUDIO_BYTES,
    MAX_AUDIO_S,
    MAX_TEXT_BYTES,
    EmotionSettings,
    InsightsSettings,
    SettingsError,
    SummarizationSettings,
    TranscriptionSettings,
    read_settings,
)
from samo.stages.effect import EffectRunner
from samo.stages.emotion import EmotionStage
from samo.stages.insights import InsightsStage
from samo.stages.summarization import SummarizationStage
from samo.stages.transcription import TranscriptionStage


class SystemClock:
    """The wall clock."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()


def open_store(url: str) -> ObjectStore:
    """The bucket `gs://name`, or a folder given as `file:///path` or as a path. Nothing is contacted yet."""
    if url.startswith("gs://"):
        from samo.adapters.gcs import GcsStore

        return GcsStore(url.removeprefix("gs://").rstrip("/"))
    from samo.adapters.directory import DirectoryStore

    return DirectoryStore(_path_of(url))


def open_topic(url: str) -> Publisher:
    """The topic `projects/{project}/topics/{topic}`, or a folder given as `file:///path`. Nothing is contacted yet."""
    if url.startswith("projects/"):
        from samo.adapters.pubsub import PubsubTopic

        return PubsubTopic(url)
    if not url.startswith("file://"):  # a short name is no folder to lose events in
        raise SettingsError(f"{url} is no topic; use projects/{{project}}/topics/{{topic}} or file:///folder")
    from samo.adapters.spool import DirectoryTopic

    return DirectoryTopic(_path_of(url))


def bundled_models_folder() -> Path:
    """The model store that ships with the package's sources: `shared/models`, or what SAMO_BUNDLED_MODELS names."""
    beside = Path(__file__).resolve().parents[1] / "models"
    return Path(os.environ.get("SAMO_BUNDLED_MODELS", beside))


def cached_models_folder() -> Path:
    """The user's model store, where `samo models fetch` puts weights."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "samo" / "models"


def bundled_models() -> ObjectStore:
    """The store in `bundled_models_folder`."""
    return _folder_store(bundled_models_folder())


def cached_models() -> ObjectStore:
    """The store in `cached_models_folder`."""
    return _folder_store(cached_models_folder())


def local_models() -> list[ObjectStore]:
    """Where commands look for models: SAMO_MODELS if it is set, else the bundled store, then the user's cache."""
    if url := os.environ.get("SAMO_MODELS"):
        return [open_store(url)]
    return [bundled_models(), cached_models()]


def open_transcriber(
    engine: str, models: list[ObjectStore], *, channel: str, threads: int, max_s: float
) -> Transcriber:
    """The speech engine: `whisper` with weights from `models`, or the stand-in `pocketsphinx`."""
    if engine == "pocketsphinx":
        from samo.inference.pocketsphinx import PocketsphinxTranscriber

        return PocketsphinxTranscriber(max_duration_s=max_s)
    from samo.inference.model_store import ModelStore
    from samo.inference.whisper import whisper_transcriber

    return whisper_transcriber(ModelStore(models, channel=channel), threads=threads, max_duration_s=max_s)


def open_emotion_reader(models: list[ObjectStore], *, channel: str, threads: int) -> EmotionReader:
    """The emotion classifier with weights from `models`."""
    from samo.inference.emotion import onnx_emotion_reader
    from samo.inference.model_store import ModelStore

    return onnx_emotion_reader(ModelStore(models, channel=channel), threads=threads)


def transcription_stage(environ: Mapping[str, str] = os.environ) -> TranscriptionStage:
    """Function `transcription`, from its environment."""
    settings = read_settings(TranscriptionSettings, environ)
    clock = SystemClock()
    return TranscriptionStage(
        open_store(settings.recordings),
        open_transcriber(
            settings.speech_engine,
            [open_store(settings.models)],
            channel=settings.channel,
            threads=settings.threads,
            max_s=settings.max_audio_s,
        ),
        _runner(
            "transcription", settings.results, settings.leases, settings.transcripts_topic, settings.lease_s, clock
        ),
        clock,
        max_audio_bytes=settings.max_audio_bytes,
        max_text_bytes=settings.max_text_bytes,
    )


def emotion_stage(environ: Mapping[str, str] = os.environ) -> EmotionStage:
    """Function `emotion`, from its environment."""
    settings = read_settings(EmotionSettings, environ)
    clock = SystemClock()
    return EmotionStage(
        open_store(settings.results),
        open_emotion_reader([open_store(settings.models)], channel=settings.channel, threads=settings.threads),
        _runner("emotion", settings.results, settings.leases, settings.analyses_topic, settings.lease_s, clock),
        clock,
    )


def summarization_stage(environ: Mapping[str, str] = os.environ) -> SummarizationStage:
    """Function `summarization`, from its environment."""
    from samo.inference.summarizer.extractive import ExtractiveSummarizer

    settings = read_settings(SummarizationSettings, environ)
    clock = SystemClock()
    return SummarizationStage(
        open_store(settings.results),
        open_emotion_reader([open_store(settings.models)], channel=settings.channel, threads=settings.threads),
        ExtractiveSummarizer(),
        _runner("summarization", settings.results, settings.leases, settings.analyses_topic, settings.lease_s, clock),
        clock,
    )


def insights_stage(environ: Mapping[str, str] = os.environ) -> InsightsStage:
    """Function `insights`, from its environment."""
    settings = read_settings(InsightsSettings, environ)
    clock = SystemClock()
    return InsightsStage(
        open_store(settings.results),
        _runner("insights", settings.results, settings.leases, settings.insights_topic, settings.lease_s, clock),
        clock,
    )


def embedded_pipeline(
    scratch: Path, out: Path, *, speech_engine: str, threads: int, progress: Progress
) -> EmbeddedPipeline:
    """All four stages in this process: recordings and leases below `scratch`, results below `out`."""
    from samo.adapters.directory import DirectoryStore
    from samo.inference.summarizer.extractive import ExtractiveSummarizer

    models = local_models()
    return EmbeddedPipeline(
        recordings=DirectoryStore(scratch / "recordings", "recordings"),
        results=DirectoryStore(out, "results"),
        leases=DirectoryStore(scratch / "leases", "leases"),
        transcriber=open_transcriber(speech_engine, models, channel="stable", threads=threads, max_s=MAX_AUDIO_S),
        emotion_reader=open_emotion_reader(models, channel="stable", threads=threads),
        summarizer=ExtractiveSummarizer(),
        clock=SystemClock(),
        max_audio_bytes=MAX_AUDIO_BYTES,
        max_text_bytes=MAX_TEXT_BYTES,
        progress=progress,
    )


def _runner(stage: StageName, results: str, leases: str, topic: str, lease_s: float, clock: Clock) -> EffectRunner:
    return EffectRunner(
        stage, open_store(results), Leases(open_store(leases), clock, duration_s=lease_s), open_topic(topic), clock
    )


def _folder_store(folder: Path) -> ObjectStore:
    from samo.adapters.directory import DirectoryStore

    return DirectoryStore(folder, bucket=str(folder))  # errors then say where they looked


def _path_of(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme not in ("", "file"):
        raise SettingsError(f"{parts.scheme}:// is no kind of store; use gs://bucket or file:///folder")
    return Path(unquote(parts.path) if parts.scheme == "file" else url)
