"""Summarization: a transcript becomes the few sentences that carry it."""

from __future__ import annotations

from samo.domain.names import summary_name
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript
from samo.domain.workload import workable_sentences
from samo.messages import Message
from samo.ports import Clock, EmotionReader, ObjectStore, Summarizer
from samo.stages.analysis import run_analysis
from samo.stages.effect import EffectRunner, Outcome
from samo.stages.timestamps import timestamp


class SummarizationStage:
    """Handles `TranscriptReady`.

    It reads the emotions itself instead of waiting for the emotion stage: both run at once, and neither's failure
    delays the other.
    """

    def __init__(
        self,
        results: ObjectStore,
        reader: EmotionReader,
        summarizer: Summarizer,
        runner: EffectRunner,
        clock: Clock,
    ) -> None:
        self.runner = runner
        self._results = results
        self._reader = reader
        self._summarizer = summarizer
        self._clock = clock

    def handle(self, message: Message) -> Outcome:
        """Summarise the announced transcript. Raises `EventError` and `TransientError`."""
        return run_analysis(
            message, self._results, self.runner, part="summary", result_name_of=summary_name, analyse=self._summarize
        )

    def _summarize(self, transcript: Transcript) -> Summary:
        sentences = workable_sentences(transcript)
        created_at = timestamp(self._clock)
        reading = self._reader.read(sentences, transcript, created_at=created_at)
        return self._summarizer.summarize(sentences, reading, created_at=created_at)
