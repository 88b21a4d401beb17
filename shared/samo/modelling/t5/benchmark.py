"""How fast, how big and how hungry a T5 of the shape of t5-small is, beside the engines that one would use instead."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from samo.inference.model_store.manifest import Manifest, Provenance
from samo.inference.model_store.publishing import describe
from samo.inference.t5.model import load_t5
from samo.inference.t5.options import GenerationOptions
from samo.modelling.own_process import in_a_process_of_its_own, peak_rss_mb
from samo.modelling.summaries.evaluation import read_entries
from samo.modelling.summaries.examples import SummaryExample
from samo.modelling.t5.bundle import write_bundle
from samo.modelling.t5.checkpoint import T5Shape, Weights
from samo.modelling.t5.random_tokenizer import random_tokenizer
from samo.modelling.t5.random_weights import T5_SMALL, random_weights
from samo.modelling.t5.rivals import Run, ctranslate2_int8, hugging_face
from samo.modelling.t5.texts import DEV
from samo.wiring.engines import open_emotion_reader
from samo.wiring.model_stores import local_models

SOURCE_TOKENS, NEW_TOKENS, BEAMS = 512, 64, 4
LIMITS: Mapping[str, tuple[Literal["least", "most"], float]] = {
    "hf_ratio_greedy": ("least", 5.0),
    "hf_ratio_beam4": ("least", 5.0),
    "ct2_ratio_greedy": ("least", 1.0),
    "ct2_ratio_beam4": ("least", 1.0),
    "disk_mb": ("most", 65.0),
    "load_ms": ("most", 300.0),
    "rss_mb": ("most", 450.0),
}
"""What `samo bench summary --check` asks of an idle machine."""

OURS, HUGGING_FACE, CTRANSLATE2 = "samo", "transformers", "ctranslate2"


class SummaryFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds for one summary, and how many times longer another engine takes; None where it is not installed.

    `disk_mb`: all files of the version. `load_ms` and `rss_mb` (peak resident memory): a process of its own that does
    what the function does. It loads the version and the emotion model of the local stores, reads the emotions of an
    entry and writes one summary with each search.
    """

    greedy_ms: float
    beam4_ms: float
    hf_ratio_greedy: float | None
    hf_ratio_beam4: float | None
    ct2_ratio_greedy: float | None
    ct2_ratio_beam4: float | None
    disk_mb: float
    load_ms: float
    rss_mb: float
    threads: int
    notes: tuple[str, ...]


def measure_summary(*, threads: int, rounds: int) -> SummaryFigures:
    """Build the version and its rivals from the same random weights, and measure them in turns."""
    shape = T5_SMALL
    weights = random_weights(shape, tied=True)
    notes = [
        "random weights in the shape of t5-small",
        "CPU time, for other processes do not change it" if threads == 1 else "wall time: measure on an idle machine",
    ]
    with tempfile.TemporaryDirectory(prefix="samo-bench-") as temporary:
        directory = Path(temporary) / "version"
        write_bundle(weights, shape, random_tokenizer(shape.vocabulary), directory, quantised=True)
        size = sum(file.size for file in describe(directory))
        load_ms, rss_mb = in_a_process_of_its_own(load_and_summarise, directory, threads=threads)
        engines = {OURS: _ours(directory, threads)}
        engines |= _rivals(weights, shape, threads, Path(temporary), notes)
        greedy, beam = _best_times(engines, threads, rounds)
    return SummaryFigures(
        greedy_ms=_rounded(greedy[OURS]),
        beam4_ms=_rounded(beam[OURS]),
        hf_ratio_greedy=_ratio(greedy, HUGGING_FACE),
        hf_ratio_beam4=_ratio(beam, HUGGING_FACE),
        ct2_ratio_greedy=_ratio(greedy, CTRANSLATE2),
        ct2_ratio_beam4=_ratio(beam, CTRANSLATE2),
        disk_mb=_rounded(size / 1e6),
        load_ms=_rounded(load_ms),
        rss_mb=_rounded(rss_mb),
        threads=threads,
        notes=tuple(notes),
    )


def _ours(directory: Path, threads: int) -> Run:
    model = load_t5(directory, _manifest(directory), threads=threads)

    def run(ids: Sequence[int], beams: int, length: int) -> int:
        options = GenerationOptions(beams=beams, max_new_tokens=length, min_new_tokens=length)
        (output,) = model.generate([ids[:-1]], options)
        return len(output)

    return run


def _rivals(weights: Weights, shape: T5Shape, threads: int, directory: Path, notes: list[str]) -> dict[str, Run]:
    makers: dict[str, Callable[[], Run]] = {
        HUGGING_FACE: lambda: hugging_face(weights, shape, threads),
        CTRANSLATE2: lambda: ctranslate2_int8(weights, shape, threads, directory / CTRANSLATE2),
    }
    rivals = {}
    for name, make in makers.items():
        try:
            rivals[name] = make()
        except ModuleNotFoundError as error:
            notes.append(f"{name} is not measured: {error.name} is not installed (`make parity` installs it)")
    return rivals


def _best_times(engines: dict[str, Run], threads: int, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds by engine, greedy and with beams: the best of all rounds, after one to warm up."""
    clock = time.process_time if threads == 1 else time.perf_counter
    ids = [*np.random.default_rng(1).integers(3, 32000, SOURCE_TOKENS - 1).tolist(), 1]
    best = {beams: dict.fromkeys(engines, np.inf) for beams in (1, BEAMS)}
    for number in range(rounds + 1):
        for beams, times in best.items():
            for name, run in engines.items():
                started = clock()
                generated = run(ids, beams, NEW_TOKENS)
                elapsed = (clock() - started) * 1e3
                if generated != NEW_TOKENS:
                    raise RuntimeError(f"{name} wrote {generated} tokens where {NEW_TOKENS} are compared")
                if number:
                    times[name] = min(times[name], elapsed)
    return best[1], best[BEAMS]


def load_and_summarise(directory: Path, threads: int) -> tuple[float, float]:
    """Milliseconds to load the version, and the process's peak resident memory in MB after an entry's two readings."""
    manifest = _manifest(directory)
    started = time.perf_counter()
    model = load_t5(directory, manifest, threads=threads)
    load_ms = (time.perf_counter() - started) * 1e3
    reader = open_emotion_reader(local_models(), channel="stable", threads=threads)
    read_entries([SummaryExample(text=" ".join(DEV), references=("",))], reader, name="bench", advance=lambda: None)
    for beams in (1, BEAMS):
        options = GenerationOptions(beams=beams, max_new_tokens=NEW_TOKENS, min_new_tokens=NEW_TOKENS)
        model.generate([list(range(3, SOURCE_TOKENS + 2))], options)
    return load_ms, peak_rss_mb()


def broken_limits(figures: SummaryFigures) -> list[str]:
    """What of `LIMITS` the figures do not keep, in words; a figure that was not measured is broken, too."""
    broken = []
    for name, (kind, limit) in LIMITS.items():
        value = getattr(figures, name)
        if value is None:
            broken.append(f"{name} was not measured")
        elif value < limit if kind == "least" else value > limit:
            broken.append(f"{name} is {value}, at {kind} {limit} is asked for")
    return broken


def _manifest(directory: Path) -> Manifest:
    return Manifest(
        task="summarization",
        version="random",
        engine="onnx",
        files=describe(directory),
        licence="Apache-2.0",
        provenance=Provenance(base="random weights", data="none", command="samo bench summary"),
        created_at="",
        max_length=SOURCE_TOKENS,
    )


def _ratio(times: dict[str, float], rival: str) -> float | None:
    return round(times[rival] / times[OURS], 2) if rival in times else None


def _rounded(value: float) -> float:
    return round(value, 1)
