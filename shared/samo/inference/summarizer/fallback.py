"""A model's summary where there is a model and its text holds; the entry's own sentences otherwise, and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from samo.domain.emotion import EmotionReading
from samo.domain.errors import ModelNotPublished
from samo.domain.sentences import TimedSentence
from samo.domain.summary import FallbackReason, Summary, SummaryOptions
from samo.inference.model_store.lazy_models import LazyModels
from samo.inference.model_store.store import ModelStore
from samo.inference.summarizer.abstractive import AbstractiveSummarizer
from samo.inference.summarizer.condensing import NotWritten
from samo.inference.summarizer.extractive import ExtractiveSummarizer
from samo.inference.summarizer.lengths import is_its_own_summary
from samo.inference.summarizer.text_generator import TextGenerator
from samo.inference.t5.model import load_t5
from samo.ports import Clock

ABSENCE_S = 60.0
"""For so long it is remembered that no model is published: entries cost no request, a first version is noticed."""


class FallbackSummarizer:
    """The `Summarizer` port. `method`, `made_by` and `fallback_reason` of a summary say which of the two made it.

    A store or model out of reach is no reason to fall back: the entry would have another summary than its like.
    """

    def __init__(
        self, models: LazyModels[TextGenerator], options: SummaryOptions | None = None, *, clock: Clock
    ) -> None:
        self._options = options or SummaryOptions()
        self._abstractive = AbstractiveSummarizer(models, self._options)
        self._extractive = ExtractiveSummarizer(self._options)
        self._clock = clock
        self._absent_since_s: float | None = None

    def summarize(self, sentences: Sequence[TimedSentence], reading: EmotionReading, *, created_at: str) -> Summary:
        """Summarise the entry; one no longer than the shortest summary is returned as it is, and no model is loaded.

        Raises `ModelUnavailable`, `ModelCorrupt` and `StoreUnavailable`, and nothing for any text.
        """
        if not sentences or is_its_own_summary(sentences, self._options.length):
            return self._extractive.summarize(sentences, reading, created_at=created_at)
        reason: FallbackReason = "no_model"
        if not self._is_known_absent():
            try:
                return self._abstractive.summarize(sentences, reading, created_at=created_at)
            except ModelNotPublished:
                self._absent_since_s = self._clock.now_s()
            except NotWritten as refused:
                reason = refused.reason
        summary = self._extractive.summarize(sentences, reading, created_at=created_at)
        return msgspec.structs.replace(summary, fallback_reason=reason)

    def _is_known_absent(self) -> bool:
        # A wall clock may be set back; then the age is negative, and the store is asked again.
        return self._absent_since_s is not None and 0 <= self._clock.now_s() - self._absent_since_s < ABSENCE_S


def t5_summarizer(store: ModelStore, options: SummaryOptions, *, threads: int, clock: Clock) -> FallbackSummarizer:
    """A summarizer with a T5 from `store`, loaded when the first entry needs it. `threads` is the number of vCPUs."""
    models: LazyModels[TextGenerator] = LazyModels(store, "summarization", partial(load_t5, threads=threads))
    return FallbackSummarizer(models, options, clock=clock)
