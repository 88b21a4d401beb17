"""Emotion: a transcript becomes a reading of each sentence and of the whole entry."""

from __future__ import annotations

from samo.domain.emotion import EmotionReading
from samo.domain.names import emotions_name
from samo.domain.transcript import Transcript
from samo.domain.workload import workable_sentences
from samo.messages import Message
from samo.ports import Clock, EmotionReader, ObjectStore
from samo.stages.analysis import run_analysis
from samo.stages.effect import EffectRunner, Outcome
from samo.stages.timestamps import timestamp


class EmotionStage:
    """Handles `TranscriptReady`."""

    def __init__(self, results: ObjectStore, reader: EmotionReader, runner: EffectRunner, clock: Clock) -> None:
        self.runner = runner
        self._results = results
        self._reader = reader
        self._clock = clock

    def handle(self, message: Message) -> Outcome:
        """Read the emotions of the announced transcript. Raises `EventError` and `TransientError`."""
        return run_analysis(
            message, self._results, self.runner, part="emotions", result_name_of=emotions_name, analyse=self._read
        )

    def _read(self, transcript: Transcript) -> EmotionReading:
        return self._reader.read(workable_sentences(transcript), transcript, created_at=timestamp(self._clock))
