"""Summarization: a transcript becomes the few sentences that carry it."""

from __future__ import annotations

from samo.domain.events import TranscriptReady
from samo.domain.names import summary_name
from samo.domain.recording import RecordingRef
from samo.domain.sentences import sentences_of
from samo.domain.summary import Summary
from samo.messages import Message, read_payload
from samo.ports import Clock, EmotionReader, ObjectStore, Summarizer
from samo.stages.analysis import analysis_of
from samo.stages.effect import EffectRunner, Outcome
from samo.stages.stored_documents import check_bucket, read_transcript
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
        event = read_payload(message, TranscriptReady)
        check_bucket(self._results, event)
        ref = event.recording
        return self.runner.run(
            analysis_of(ref, part="summary", result_name=summary_name(ref), work=lambda: self._summarize(ref))
        )

    def _summarize(self, ref: RecordingRef) -> Summary:
        transcript = read_transcript(self._results, ref)
        sentences = sentences_of(transcript)
        created_at = timestamp(self._clock)
        reading = self._reader.read(sentences, transcript, created_at=created_at)
        return self._summarizer.summarize(sentences, reading, created_at=created_at)
