"""Function `emotion`, from its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from samo.settings import EmotionSettings, read_settings
from samo.stages.emotion import EmotionStage
from samo.wiring.clock import SystemClock
from samo.wiring.effects import effect_runner
from samo.wiring.engines import open_emotion_reader
from samo.wiring.places import open_store


def emotion_stage(environ: Mapping[str, str] = os.environ) -> EmotionStage:
    """Function `emotion`, from its environment."""
    settings = read_settings(EmotionSettings, environ)
    clock = SystemClock()
    return EmotionStage(
        open_store(settings.results),
        open_emotion_reader([open_store(settings.models)], channel=settings.channel, threads=settings.threads),
        effect_runner("emotion", settings.results, settings.leases, settings.analyses_topic, settings.lease_s, clock),
        clock,
    )
