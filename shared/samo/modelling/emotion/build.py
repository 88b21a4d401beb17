"""The emotion model from raw data to a published version: read, train, export, quantise, calibrate, gate, publish.

Training resumes from its last checkpoint in the work directory; what follows takes a minute and is simply done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from samo.domain.errors import ModelVersionTaken
from samo.inference.emotion.classifier import MODEL_FILE, TOKENIZER_FILE
from samo.inference.model_store.catalogue import read_manifest
from samo.inference.model_store.manifest import Manifest, Metric, Task
from samo.inference.model_store.publishing import describe, publish
from samo.modelling.emotion.batching import encode, load_tokenizer
from samo.modelling.emotion.calibration import Calibration, Judge, Logits, calibrate, cross_fitted
from samo.modelling.emotion.config import DEV_MODE_SHARE, EmotionBuildConfig
from samo.modelling.emotion.dataset import Corpus, read_corpus, targets
from samo.modelling.emotion.evaluation import Evaluation, Targets, calibration_error, evaluate, label_f1, micro_f1
from samo.modelling.emotion.export import append_scaling, export_float32, export_tokenizer
from samo.modelling.emotion.gate import check_gate
from samo.modelling.emotion.model_card import render_card
from samo.modelling.emotion.network import base_directory
from samo.modelling.emotion.onnx_inference import onnx_logits
from samo.modelling.emotion.outliers import move_outliers
from samo.modelling.emotion.quantisation import quantise
from samo.modelling.emotion.teachers import taught_targets
from samo.modelling.emotion.training import train
from samo.modelling.progress import announce
from samo.ports import ObjectStore

TASK: Task = "emotion"
FLOAT32_FILE = "float32.onnx"
EVEN_FILE = "float32-even.onnx"
VERSION_FOLDER = "version"
CARD_FILE = "README.md"
CROSS_FITTING_SPLITS = 10
OUTLIER_TEXTS = 1000

EVALUATE_COMMAND = "samo evaluate emotion --data goemotions/dev.tsv --json"


@dataclass(frozen=True)
class _Judged:
    """A model's calibration and how good it is with it.

    `cross_fitted`: macro-F1, micro-F1 and calibration error on rows not fitted on.
    """

    calibration: Calibration
    evaluation: Evaluation
    cross_fitted: tuple[float, float, float]


def build_emotion(data: Path, config: EmotionBuildConfig, store: ObjectStore, work_dir: Path) -> Manifest:
    """Build the version that `config` names from `data` and publish it in `store`; the channel then serves it.

    `data` holds `train.tsv`, `dev.tsv` and `labels.txt`; the weights learn from train, every choice comes from dev.
    `work_dir` keeps checkpoints and unfinished files between runs. A dev-mode build publishes `{version}-dev` in the
    channel `dev`. Raises `DatasetInvalid`, `ModelVersionTaken`, `CheckpointForeign` or `GateFailed`, and then publishes
    nothing.
    """
    config = published_as(config)
    # Asked now, not after an hour of training.
    if read_manifest(store, TASK, config.version) is not None:
        raise ModelVersionTaken(f"{TASK}/{config.version} is published already; choose a new version name")
    announce("reading the data")
    corpus = read_corpus(data)
    if config.dev_mode:
        corpus = corpus.sampled(DEV_MODE_SHARE, config.training.seed)

    version = work_dir / VERSION_FOLDER
    version.mkdir(parents=True, exist_ok=True)
    _make_files(corpus, config, work_dir)

    announce(f"calibrating and judging on {len(corpus.dev)} rows")
    float32, int8 = (
        _judge(model, version / TOKENIZER_FILE, corpus, config)
        for model in (work_dir / FLOAT32_FILE, version / MODEL_FILE)
    )
    if config.calibration.method == "vector":
        append_scaling(version / MODEL_FILE, int8.calibration.scales, int8.calibration.shifts)
    (version / CARD_FILE).unlink(missing_ok=True)
    manifest = _describe(version, corpus.labels, config, int8, float32)
    check_gate(float32.evaluation, int8.evaluation, sum(file.size for file in manifest.files), config.gate)

    announce(f"publishing {TASK}/{config.version} in the channel {config.channel}")
    card = render_card(manifest, int8.evaluation, CROSS_FITTING_SPLITS)
    (version / CARD_FILE).write_text(card, encoding="utf-8")
    manifest = msgspec.structs.replace(manifest, files=describe(version))
    publish(store, version, manifest, channel=config.channel)
    return manifest


def _make_files(corpus: Corpus, config: EmotionBuildConfig, work_dir: Path) -> None:
    base, version = base_directory(config.base), work_dir / VERSION_FOLDER
    announce(f"training on {len(corpus.train)} rows")
    tokenizer = load_tokenizer(base / TOKENIZER_FILE, config.training.max_tokens)
    training, taught = config.training, None
    if config.distillation.seeds:
        taught = taught_targets(base, tokenizer, corpus, training, config.distillation, work_dir)
        training = msgspec.structs.replace(training, epochs=config.distillation.epochs or training.epochs)
        announce(f"training the student with seed {training.seed}")
    network = train(base, tokenizer, corpus, training, work_dir, soft_targets=taught)

    announce("exporting and quantising")
    export_float32(network, work_dir / FLOAT32_FILE)
    seen = encode(tokenizer, [example.text for example in corpus.train[:OUTLIER_TEXTS]])
    move_outliers(work_dir / FLOAT32_FILE, work_dir / EVEN_FILE, seen)
    quantise(work_dir / EVEN_FILE, version / MODEL_FILE)
    export_tokenizer(base / TOKENIZER_FILE, version / TOKENIZER_FILE)


def _describe(
    version: Path, labels: tuple[str, ...], config: EmotionBuildConfig, int8: _Judged, float32: _Judged
) -> Manifest:
    return Manifest(
        task=TASK,
        version=config.version,
        engine="onnx",
        files=describe(version),
        licence=config.licence,
        provenance=config.provenance,
        created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        labels=labels,
        temperature=int8.calibration.temperature,
        thresholds=_by_label(labels, int8.calibration),
        max_length=config.max_length,
        metrics=_metrics(int8, float32, config.provenance.command),
    )


def _judge(model: Path, tokenizer: Path, corpus: Corpus, config: EmotionBuildConfig) -> _Judged:
    texts = [example.text for example in corpus.dev]
    logits = onnx_logits(model, tokenizer, texts, len(corpus.labels), config.max_length)
    dev_targets = targets(corpus.dev, len(corpus.labels))
    shrinkage, method = config.calibration.shrinkage, config.calibration.method
    calibration = calibrate(logits, dev_targets, shrinkage, method)

    def fit(rows: Logits, wanted: Targets) -> Judge:
        return calibrate(rows, wanted, shrinkage, method).judge

    unseen = [cross_fitted(logits, dev_targets, fit, seed) for seed in range(CROSS_FITTING_SPLITS)]
    return _Judged(
        calibration=calibration,
        evaluation=evaluate(
            calibration.probabilities(logits), dev_targets, _by_label(corpus.labels, calibration), config.version
        ),
        cross_fitted=(
            float(np.mean([label_f1(decisions, dev_targets).mean() for _, decisions in unseen])),
            float(np.mean([micro_f1(decisions, dev_targets) for _, decisions in unseen])),
            float(np.mean([calibration_error(probabilities, dev_targets) for probabilities, _ in unseen])),
        ),
    )


def published_as(config: EmotionBuildConfig) -> EmotionBuildConfig:
    """The configuration that a build of this one follows: in dev mode another version, another channel, one epoch."""
    if not config.dev_mode:
        return config
    return msgspec.structs.replace(
        config,
        version=f"{config.version}-dev",
        channel="dev",
        training=msgspec.structs.replace(config.training, epochs=1),
        distillation=msgspec.structs.replace(config.distillation, seeds=config.distillation.seeds[:1], epochs=None),
    )


def _by_label(labels: tuple[str, ...], calibration: Calibration) -> dict[str, float]:
    return dict(zip(labels, calibration.thresholds.tolist(), strict=True))


def _metrics(int8: _Judged, float32: _Judged, build_command: str) -> dict[str, Metric]:
    evaluated = {
        "dev_macro_f1": int8.evaluation.macro_f1.value,
        "dev_micro_f1": int8.evaluation.micro_f1.value,
        "dev_ece": int8.evaluation.ece,
        "dev_brier": int8.evaluation.brier,
    }
    built = {
        "dev_macro_f1_cross_fitted": int8.cross_fitted[0],
        "dev_micro_f1_cross_fitted": int8.cross_fitted[1],
        "dev_ece_cross_fitted": int8.cross_fitted[2],
        "dev_macro_f1_float32": float32.evaluation.macro_f1.value,
        "dev_micro_f1_float32": float32.evaluation.micro_f1.value,
    }
    return {
        **{name: Metric(value=round(value, 4), command=EVALUATE_COMMAND) for name, value in evaluated.items()},
        **{name: Metric(value=round(value, 4), command=build_command) for name, value in built.items()},
    }
