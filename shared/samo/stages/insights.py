"""Insights: emotions and summary meet the transcript; the insight is written and published once."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

import msgspec

from samo.domain.emotion import EmotionReading
from samo.domain.errors import DocumentInvalid, PartUnfinished, PreconditionFailed
from samo.domain.events import AnalysisReady, InsightReady
from samo.domain.failure import Failure
from samo.domain.insight import Insight, PartStatus
from samo.domain.joining import join
from samo.domain.names import StageName, emotions_name, failure_name, insight_name, report_name, summary_name
from samo.domain.recording import RecordingRef
from samo.domain.summary import Summary
from samo.messages import Message, read_payload
from samo.ports import Clock, ObjectStore
from samo.report import render_report
from samo.stages.effect import Effect, EffectRunner, Outcome
from samo.stages.stored_documents import check_bucket, find_document, read_transcript
from samo.stages.timestamps import timestamp

Document = TypeVar("Document", bound=msgspec.Struct)


class InsightsStage:
    """Handles `AnalysisReady`. The event of the part that finishes last finds both; the earlier one is waited out."""

    def __init__(self, results: ObjectStore, runner: EffectRunner, clock: Clock) -> None:
        self.runner = runner
        self._results = results
        self._clock = clock

    def handle(self, message: Message) -> Outcome:
        """Join the parts once both have ended. Raises `EventError` and `TransientError`."""
        event = read_payload(message, AnalysisReady)
        check_bucket(self._results, event)
        ref = event.recording
        if not (
            self._ended("emotion", emotions_name(ref), ref) and self._ended("summarization", summary_name(ref), ref)
        ):
            return Outcome("waiting")
        return self.runner.run(
            Effect(
                recording=ref,
                result_name=insight_name(ref),
                work=lambda: self._join(ref, event.revision),
                announce=lambda pointer: InsightReady(recording=ref, object=pointer, revision=event.revision),
            )
        )

    def _ended(self, stage: StageName, result_name: str, ref: RecordingRef) -> bool:
        return self._results.stat(result_name) is not None or self._results.stat(failure_name(stage, ref)) is not None

    def _join(self, ref: RecordingRef, revision: int) -> Insight:
        transcript = read_transcript(self._results, ref)
        emotions, emotions_status = self._part("emotion", emotions_name(ref), EmotionReading, ref)
        summary, summary_status = self._part("summarization", summary_name(ref), Summary, ref)
        insight = join(
            transcript,
            emotions,
            summary,
            parts={"emotions": emotions_status, "summary": summary_status},
            created_at=timestamp(self._clock),
            revision=revision,
        )
        self._write_report(insight)
        return insight

    def _part(
        self, stage: StageName, name: str, kind: type[Document], ref: RecordingRef
    ) -> tuple[Document | None, PartStatus]:
        try:
            document = find_document(self._results, name, kind)
        except DocumentInvalid as error:
            return None, PartStatus(status="failed", code=error.code)
        if document is not None:
            return document, PartStatus(status="ok")
        failure = find_document(self._results, failure_name(stage, ref), Failure)
        if failure is None:  # a retry has taken it away since the look in `handle`
            raise PartUnfinished(f"{stage} is on its way again")
        return None, PartStatus(status="failed", code=failure.code)

    def _write_report(self, insight: Insight) -> None:
        # Before the insight: whoever is told of the insight finds the report, too.
        html = render_report(insight).encode()
        with suppress(PreconditionFailed):  # an earlier attempt wrote it
            self._results.create(report_name(insight.recording), html, content_type="text/html; charset=utf-8")
