"""What all functions share: a runner that brings an effect about once, over the function's stores and topic."""

from __future__ import annotations

from samo.domain.names import StageName
from samo.leases import Leases
from samo.ports import Clock
from samo.stages.effect import EffectRunner
from samo.wiring.places import open_store, open_topic


def effect_runner(
    stage: StageName, results: str, leases: str, topic: str, lease_s: float, clock: Clock
) -> EffectRunner:
    """The runner of one stage, over buckets and a topic given as URLs; calls give up well before the lease ends."""
    return EffectRunner(
        stage,
        open_store(results, lease_s=lease_s),
        Leases(open_store(leases, lease_s=lease_s), clock, duration_s=lease_s),
        open_topic(topic, lease_s=lease_s),
        clock,
    )
