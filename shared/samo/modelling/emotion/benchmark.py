"""How fast and how hungry the published emotion model is, beside the same network in transformers and PyTorch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

import msgspec
import numpy as np
from tokenizers import Tokenizer

from samo.domain.recording import RecordingRef
from samo.domain.sentences import sentences_of
from samo.domain.taxonomy import LABELS
from samo.domain.written_entry import written_entry
from samo.inference.emotion.classifier import TOKENIZER_FILE, EmotionClassifier, load_emotion_classifier
from samo.inference.emotion.reader import onnx_emotion_reader
from samo.inference.emotion.token_windows import padded
from samo.inference.model_store.store import ModelStore
from samo.modelling.emotion.behaviour.cases import read_cases
from samo.modelling.own_process import in_a_process_of_its_own, peak_rss_mb
from samo.wiring.model_stores import local_models

SENTENCE_TOKENS = 20
SENTENCE_RUNS, WARM_UP_RUNS = 300, 30
BATCH, BATCHES = 64, 10
TRANSCRIPT_WORDS = 4_500

Texts = Sequence[str]
Run = Callable[[Sequence[Texts]], None]
"""Reads batches of texts, one after the other."""


class EmotionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What `samo bench emotion --json` prints.

    `p50_ms`, `p95_ms`: one sentence of 20 tokens. `texts_per_s` and `torch_texts_per_s`: the same batches of 64 texts
    in turns, the best round of each; the latter and `ratio` are None where PyTorch is not installed. `transcript_s`: a
    whole entry of 4,500 words. `load_ms` and `rss_mb` (peak resident memory): a process of its own that loads the
    version and reads one batch.
    """

    model: str
    p50_ms: float
    p95_ms: float
    texts_per_s: float
    torch_texts_per_s: float | None
    ratio: float | None
    transcript_s: float
    rss_mb: float
    load_ms: float
    threads: int
    notes: tuple[str, ...]


def measure_emotion(*, threads: int, rounds: int) -> EmotionFigures:
    """Measure the version that the local store serves. Raises `ModelUnavailable`."""
    store = ModelStore(local_models())
    manifest = store.choose("emotion", key="bench")
    with store.files(manifest) as directory:
        load_ms, rss_mb = in_a_process_of_its_own(load_and_read, directory, threads=threads)
        classifier = load_emotion_classifier(directory, manifest, threads=threads)
        batches = _batches()
        engines: dict[str, Run] = {"samo": lambda rows: _read(classifier, rows)}
        notes = ["the sentences are those of the behavioural cases"]
        try:
            engines["torch"] = _torch(directory, threads)
            notes.append("the PyTorch network has the same shape and the base encoder's weights")
        except ModuleNotFoundError as error:
            notes.append(f"PyTorch is not measured: {error.name} is not installed (`make parity` installs it)")
        times = _sentence_times(classifier, directory)
    per_s = {name: BATCH * BATCHES / seconds for name, seconds in _best_times(engines, batches, rounds).items()}
    torch_per_s = per_s.get("torch")
    return EmotionFigures(
        model=manifest.version,
        p50_ms=round(float(np.percentile(times, 50)), 2),
        p95_ms=round(float(np.percentile(times, 95)), 2),
        texts_per_s=round(per_s["samo"], 1),
        torch_texts_per_s=None if torch_per_s is None else round(torch_per_s, 1),
        ratio=None if torch_per_s is None else round(per_s["samo"] / torch_per_s, 2),
        transcript_s=round(_transcript_time(store, threads), 2),
        rss_mb=rss_mb,
        load_ms=load_ms,
        threads=threads,
        notes=tuple(notes),
    )


def load_and_read(directory: Path, threads: int) -> tuple[float, float]:
    """Milliseconds to load a version, and the process's peak resident memory in MB after a batch."""
    manifest = ModelStore(local_models()).choose("emotion", key="bench")
    started = time.perf_counter()
    classifier = load_emotion_classifier(directory, manifest, threads=threads)
    load_ms = (time.perf_counter() - started) * 1e3
    classifier.probabilities(_batches()[0])
    return round(load_ms, 1), round(peak_rss_mb(), 1)


def _batches() -> list[list[str]]:
    texts = list(islice(cycle(case.text for case in read_cases()), BATCH * BATCHES))
    # Shuffled, for the cases of one capability are alike.
    order = np.random.default_rng(1).permutation(len(texts))
    return [[texts[row] for row in rows] for rows in np.array_split(order, BATCHES)]


def _read(classifier: EmotionClassifier, batches: Sequence[Texts]) -> None:
    for batch in batches:
        classifier.probabilities(batch)


def _sentence_times(classifier: EmotionClassifier, directory: Path) -> list[float]:
    sentence = _sentence_of(SENTENCE_TOKENS, directory)
    times = []
    for _ in range(WARM_UP_RUNS + SENTENCE_RUNS):
        started = time.perf_counter()
        classifier.probabilities([sentence])
        times.append((time.perf_counter() - started) * 1e3)
    return times[WARM_UP_RUNS:]


def _sentence_of(tokens: int, directory: Path) -> str:
    tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
    words = " ".join(case.text for case in read_cases()).split()
    for count in range(1, tokens):
        sentence = " ".join(words[:count])
        if len(tokenizer.encode(sentence).ids) >= tokens:
            return sentence
    raise RuntimeError(f"no sentence of {tokens} tokens could be made")


def _best_times(engines: dict[str, Run], batches: Sequence[Texts], rounds: int) -> dict[str, float]:
    """Seconds for all batches by engine, the best of all rounds, after one to warm up."""
    best = dict.fromkeys(engines, np.inf)
    for number in range(rounds + 1):
        for name, run in engines.items():
            started = time.perf_counter()
            run(batches)
            if number:
                best[name] = min(best[name], time.perf_counter() - started)
    return best


def _transcript_time(store: ModelStore, threads: int) -> float:
    words = " ".join(case.text for case in read_cases()).split()
    text = " ".join(islice(cycle(words), TRANSCRIPT_WORDS))
    entry = written_entry(text, RecordingRef(bucket="bench", name="entry", generation=1), created_at="")
    reader = onnx_emotion_reader(store, threads=threads)
    sentences = sentences_of(entry)
    reader.read(sentences[:1], entry, created_at="")
    started = time.perf_counter()
    reader.read(sentences, entry, created_at="")
    return time.perf_counter() - started


def _torch(directory: Path, threads: int) -> Run:
    import torch

    from samo.modelling.emotion.config import EmotionBuildConfig
    from samo.modelling.emotion.network import base_directory, new_network

    torch.set_num_threads(threads)
    (base,) = (field.default for field in msgspec.structs.fields(EmotionBuildConfig) if field.name == "base")
    network = new_network(base_directory(base), np.ones(len(LABELS), dtype=np.int64), len(LABELS))
    network.eval()
    tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))

    def run(batches: Sequence[Texts]) -> None:
        with torch.inference_mode():
            for batch in batches:
                ids, mask = padded([encoding.ids for encoding in tokenizer.encode_batch(list(batch))])
                network(torch.from_numpy(ids), torch.from_numpy(mask)).sigmoid().numpy()

    return run
