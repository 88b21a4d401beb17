"""Function `insights`, from its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from samo.settings import InsightsSettings, read_settings
from samo.stages.insights import InsightsStage
from samo.wiring.clock import SystemClock
from samo.wiring.effects import effect_runner
from samo.wiring.places import open_store


def insights_stage(environ: Mapping[str, str] = os.environ) -> InsightsStage:
    """Function `insights`, from its environment."""
    settings = read_settings(InsightsSettings, environ)
    clock = SystemClock()
    return InsightsStage(
        open_store(settings.results),
        effect_runner("insights", settings.results, settings.leases, settings.insights_topic, settings.lease_s, clock),
        clock,
    )
