"""A summarisation model from a checkpoint to a published version: read, smooth, quantise, judge, publish."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
from tokenizers import Tokenizer

from samo.domain.errors import ModelVersionTaken
from samo.inference.model_store.catalogue import read_manifest
from samo.inference.model_store.manifest import Manifest, Metric, Provenance, Task
from samo.inference.model_store.publishing import describe, publish
from samo.inference.summarizer.writing import WRITING
from samo.inference.t5.description import TOKENIZER_FILE
from samo.inference.t5.graphs import T5Graphs
from samo.inference.t5.model import T5Model, load_t5
from samo.modelling.progress import announce
from samo.modelling.t5.activations import largest_activations
from samo.modelling.t5.bundle import write_bundle
from samo.modelling.t5.checkpoint import WEIGHTS_FILE, CheckpointInvalid, T5Shape, Weights, read_shape, read_weights
from samo.modelling.t5.config import SummarizationBuildConfig
from samo.modelling.t5.gate import Fidelity, check_fidelity, rouge_l
from samo.modelling.t5.model_card import render_card
from samo.modelling.t5.smoothing import smooth
from samo.modelling.t5.teacher_forcing import divergence
from samo.modelling.t5.texts import CALIBRATION, DEV
from samo.ports import ObjectStore

TASK: Task = "summarization"
MADE_FOLDER = ".samo-t5"
FLOAT32_FOLDER = "float32"
VERSION_FOLDER = "version"
CARD_FILE = "README.md"


def build_summarization(
    source: Path, config: SummarizationBuildConfig, store: ObjectStore, work_dir: Path, *, base: str | None = None
) -> Manifest:
    """Build a version from the Hugging Face checkpoint in `source` and publish it; the channel then serves it.

    `base` says in the manifest where the checkpoint comes from; without it, the folder's name does. `work_dir` receives
    the float32 and the INT8 files. Raises `CheckpointInvalid`, `ModelVersionTaken`, `ModelCorrupt` when the tokenizer
    is not the model's, or `GateFailed`, and then publishes nothing.
    """
    base = base or source.resolve().name
    manifest = _announced(source, config, base)
    if read_manifest(store, TASK, manifest.version) is not None:
        raise ModelVersionTaken(f"{TASK}/{manifest.version} is published already; choose a new version name")
    announce(f"reading {base}")
    shape = read_shape(source)
    weights = read_weights(source, shape)
    made = work_dir / MADE_FOLDER
    shutil.rmtree(made, ignore_errors=True)  # of a former build; nothing else in the folder is touched
    float32, version = made / FLOAT32_FOLDER, made / VERSION_FOLDER
    threads = len(os.sched_getaffinity(0))

    announce("smoothing and quantising")
    reference = _reference(weights, shape, source, float32, manifest, config.prefix, threads)
    _quantise(weights, shape, source, reference, float32, version, config, threads)

    announce(f"judging on {len(DEV)} texts")
    fidelity = _judge(reference, float32, version, manifest, config, threads)
    check_fidelity(manifest.version, fidelity, config.gate)

    announce(f"publishing {TASK}/{manifest.version} in the channel {config.channel}")
    manifest = msgspec.structs.replace(
        manifest, files=describe(version), metrics=_metrics(fidelity, manifest.provenance.command)
    )
    (version / CARD_FILE).write_text(render_card(manifest, len(DEV)), encoding="utf-8")
    manifest = msgspec.structs.replace(manifest, files=describe(version))
    publish(store, version, manifest, channel=config.channel)
    return manifest


def _announced(source: Path, config: SummarizationBuildConfig, base: str) -> Manifest:
    return Manifest(
        task=TASK,
        version=config.version or _version_name(source, base),
        engine="onnx",
        files=(),
        licence=config.licence,
        provenance=Provenance(base=base, data=config.data, command=f"samo models build summarization --from {base}"),
        created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        max_length=config.max_length,
    )


def _version_name(source: Path, base: str) -> str:
    path = source / WEIGHTS_FILE
    if not path.is_file():
        return "unnamed"  # reading the checkpoint will say what is wrong
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    name = re.sub(r"[^a-z0-9.]+", "-", base.rpartition("/")[2].lower()).strip("-.") or "t5"
    return f"{name[:60]}-int8-{digest[:8]}"


def _reference(
    weights: Weights, shape: T5Shape, source: Path, directory: Path, manifest: Manifest, prefix: str, threads: int
) -> T5Model:
    write_bundle(weights, shape, _tokenizer(source), directory, quantised=False, prefix=prefix)
    return load_t5(directory, manifest, threads=threads)


def _quantise(
    weights: Weights,
    shape: T5Shape,
    source: Path,
    reference: T5Model,
    float32: Path,
    version: Path,
    config: SummarizationBuildConfig,
    threads: int,
) -> None:
    documents = [reference.encode(config.prefix + text) for text in CALIBRATION]
    outputs = reference.generate(documents, WRITING["medium"])
    ended = [[*document, shape.end_id] for document in documents]
    maxima = largest_activations(float32, ended, outputs, threads=threads)
    smoothed = smooth(weights, maxima, shape, config.smoothing.alpha)
    write_bundle(smoothed, shape, _tokenizer(source), version, quantised=True, prefix=config.prefix)


def _judge(
    reference: T5Model,
    float32: Path,
    version: Path,
    manifest: Manifest,
    config: SummarizationBuildConfig,
    threads: int,
) -> Fidelity:
    model = load_t5(version, manifest, threads=threads)
    # As the product writes: in each of its lengths, one entry at a time.
    tasks = [(reference.encode(config.prefix + text), writing) for text in DEV for writing in WRITING.values()]
    expected = [reference.generate([document], writing)[0] for document, writing in tasks]
    found = [model.generate([document], writing)[0] for document, writing in tasks]
    graphs = [T5Graphs(directory, threads=threads) for directory in (float32, version)]
    ended = [[*document, graphs[0].description.end_id] for document, _ in tasks]
    diverged = divergence(graphs[0], graphs[1], ended, expected)
    return Fidelity(
        kl=diverged.kl,
        agreement=diverged.agreement,
        rouge_l=rouge_l([reference.decode(ids) for ids in expected], [reference.decode(ids) for ids in found]),
        size_share=_size(version) / _size(float32),
    )


def _size(directory: Path) -> int:
    return sum(file.size for file in describe(directory))


def _tokenizer(source: Path) -> Tokenizer:
    """The checkpoint's, without its padding and truncation: both belong to the one who runs it."""
    try:
        tokenizer = Tokenizer.from_file(str(source / TOKENIZER_FILE))
    except Exception as error:  # the library raises bare ones for a missing file and for one that it cannot parse
        raise CheckpointInvalid(f"{TOKENIZER_FILE} is no tokenizer that can be loaded; fetch it again") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _metrics(fidelity: Fidelity, command: str) -> dict[str, Metric]:
    values = {
        "dev_kl_int8": fidelity.kl,
        "dev_top1_agreement_int8": fidelity.agreement,
        "dev_rougeL_int8": fidelity.rouge_l,
        "size_share_int8": fidelity.size_share,
    }
    return {name: Metric(value=float(np.round(value, 4)), command=command) for name, value in values.items()}
