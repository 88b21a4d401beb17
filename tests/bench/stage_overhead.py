"""What each stage costs beyond its model, on the directory store: reading, claiming, writing, publishing."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from samo.adapters.directory import DirectoryStore
from samo.domain.emotion import EmotionReading
from samo.domain.names import StageName
from samo.domain.sentences import TimedSentence
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript
from samo.embedded import EmbeddedPipeline
from samo.inference.summarizer.extractive import ExtractiveSummarizer
from samo.ports import EmotionReader, Summarizer
from samo.settings import MAX_AUDIO_BYTES, MAX_AUDIO_S, MAX_TEXT_BYTES
from samo.wiring.clock import SystemClock
from samo.wiring.engines import open_emotion_reader, open_transcriber
from samo.wiring.model_stores import bundled_models
from tests.bench.figures import Figure

RUNS = 20
ENTRY = "The train was late and I was furious. Then a stranger shared her lunch with me. I felt so grateful. " * 5


class StageTimes:
    """Where the time of one recording goes: to each stage, less what its model takes."""

    def __init__(self) -> None:
        self._stage: StageName | None = None
        self._mark_s = 0.0
        self._spent_s: dict[StageName, float] = defaultdict(float)

    def begin(self, stage: StageName) -> None:
        """A stage begins; the one before has ended."""
        self.end()
        self._stage = stage
        self._mark_s = time.perf_counter()

    def end(self) -> None:
        """The stage has ended."""
        if self._stage is not None:
            self._spent_s[self._stage] += time.perf_counter() - self._mark_s
        self._stage = None

    def exclude(self, seconds: float) -> None:
        """Time that the model took is not the stage's own."""
        self._mark_s += seconds

    def take(self) -> dict[StageName, float]:
        """Seconds per stage since the last call."""
        self.end()
        spent, self._spent_s = dict(self._spent_s), defaultdict(float)
        return spent


class TimedReader:
    """An `EmotionReader` whose time is excluded."""

    def __init__(self, reader: EmotionReader, times: StageTimes) -> None:
        self._reader = reader
        self._times = times

    def read(self, sentences: Sequence[TimedSentence], transcript: Transcript, *, created_at: str) -> EmotionReading:
        """Read, timed."""
        started = time.perf_counter()
        reading = self._reader.read(sentences, transcript, created_at=created_at)
        self._times.exclude(time.perf_counter() - started)
        return reading


class TimedSummarizer:
    """A `Summarizer` whose time is excluded."""

    def __init__(self, summarizer: Summarizer, times: StageTimes) -> None:
        self._summarizer = summarizer
        self._times = times

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """Summarise, timed."""
        started = time.perf_counter()
        summary = self._summarizer.summarize(sentences, reading, created_at=created_at)
        self._times.exclude(time.perf_counter() - started)
        return summary


def measure_stage_overhead(folder: Path) -> list[Figure]:
    """Milliseconds per stage beyond its model; the median of twenty written entries after one to warm up."""
    times = StageTimes()
    models = [bundled_models()]
    pipeline = EmbeddedPipeline(
        recordings=DirectoryStore(folder / "recordings"),
        results=DirectoryStore(folder / "results"),
        leases=DirectoryStore(folder / "leases"),
        transcriber=open_transcriber("whisper", models, channel="stable", threads=1, max_s=MAX_AUDIO_S),
        emotion_reader=TimedReader(open_emotion_reader(models, channel="stable", threads=1), times),
        summarizer=TimedSummarizer(ExtractiveSummarizer(), times),
        clock=SystemClock(),
        max_audio_bytes=MAX_AUDIO_BYTES,
        max_text_bytes=MAX_TEXT_BYTES,
        progress=times.begin,
    )
    folder.mkdir(parents=True)
    entry = folder / "entry.txt"
    entry.write_text(ENTRY, encoding="utf-8")
    runs: dict[StageName, list[float]] = defaultdict(list)
    for _ in range(RUNS + 1):
        pipeline.process(entry, user="bench")
        for stage, seconds in times.take().items():
            runs[stage].append(seconds * 1000)
    return [
        Figure(name=f"{stage}: a stage's own share", value=statistics.median(spent[1:]), unit="ms", bound=50)
        for stage, spent in runs.items()
    ]
