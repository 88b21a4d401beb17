"""Function `summarization`, from its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from samo.domain.summary import SummaryOptions
from samo.settings import SummarizationSettings, read_settings
from samo.stages.summarization import SummarizationStage
from samo.wiring.clock import SystemClock
from samo.wiring.effects import effect_runner
from samo.wiring.engines import open_emotion_reader, open_summarizer
from samo.wiring.places import open_store


def summarization_stage(environ: Mapping[str, str] = os.environ) -> SummarizationStage:
    """Function `summarization`, from its environment."""
    settings = read_settings(SummarizationSettings, environ)
    clock = SystemClock()
    models = [open_store(settings.models)]
    options = SummaryOptions(length=settings.summary_length, style=settings.summary_style, focus=settings.summary_focus)
    return SummarizationStage(
        open_store(settings.results),
        open_emotion_reader(models, channel=settings.channel, threads=settings.threads),
        open_summarizer(
            [*models, open_store(settings.summary_models)] if settings.summary_models else models,
            channel=settings.channel,
            threads=settings.threads,
            options=options,
            engine=settings.summary_engine,
        ),
        effect_runner(
            "summarization", settings.results, settings.leases, settings.analyses_topic, settings.lease_s, clock
        ),
        clock,
    )
