"""Measures the stages on one recording: once in a process that has just begun, then warm."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from samo.cost.measurements import StageTime, StageTimes
from samo.domain.errors import SamoError
from samo.domain.failure import Failure
from samo.domain.names import StageName
from samo.domain.summary import SummaryOptions
from samo.wiring.commands import embedded_pipeline

RUNS = 3

_GIB = 2**30


class BenchImpossible(SamoError):
    """The recording gives no insight, so there is nothing to measure; the message says why."""

    code = "bench_impossible"


def measure_stages(recording: Path, *, audio_s: float, engine: str, command: str) -> StageTimes:
    """Seconds of each stage. The median of three warm runs; the first run's surplus is what a cold start adds.

    `insights` is told of two analyses: its time is that of one. Here the stages share the emotion model, which the
    first of them loads; deployed, summarization loads it for itself, so it is given emotion's surplus as well.
    Raises what the pipeline raises, and `BenchImpossible` for a recording that it cannot process.
    """
    spent: dict[StageName, float] = defaultdict(float)
    running: list[tuple[StageName, float]] = []

    def note(stage: StageName | None) -> None:
        now = time.perf_counter()
        if running:
            last, since = running.pop()
            spent[last] += now - since
        if stage is not None:
            running.append((stage, now))

    vcpu = len(os.sched_getaffinity(0))
    runs: list[dict[StageName, float]] = []
    with tempfile.TemporaryDirectory(prefix="samo-bench-") as folder:
        pipeline = embedded_pipeline(
            Path(folder, "scratch"),
            Path(folder, "out"),
            speech_engine=engine,
            summary_options=SummaryOptions(),
            summary_engine="auto",
            threads=vcpu,
            progress=note,
        )
        for _ in range(1 + RUNS):
            spent.clear()
            outcome = pipeline.process(recording, user="bench")
            note(None)
            if isinstance(outcome, Failure):
                raise BenchImpossible(f"{recording.name} cannot be processed: {outcome.code}")
            runs.append({**spent, "insights": spent["insights"] / 2})
    first, *warm = runs
    medians = {stage: statistics.median(run[stage] for run in warm) for stage in first}
    extra = {stage: max(0.0, first[stage] - medians[stage]) for stage in first}
    extra["summarization"] += extra["emotion"]
    return StageTimes(
        command=command,
        vcpu=vcpu,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB),
        audio_s=round(audio_s, 3),
        engine=engine,
        stages={
            stage: StageTime(warm_s=round(medians[stage], 4), cold_extra_s=round(extra[stage], 4)) for stage in first
        },
    )
