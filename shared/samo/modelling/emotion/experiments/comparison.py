"""The comparison itself: train what must be trained, judge every technique alike, mean and deviation over the seeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from samo.modelling.emotion.calibration import Fit, Logits, cross_fitted, probabilities_of
from samo.modelling.emotion.config import EmotionBuildConfig
from samo.modelling.emotion.dataset import Corpus, targets
from samo.modelling.emotion.evaluation import Targets, calibration_error, label_f1, micro_f1
from samo.modelling.emotion.experiments.judges import SHIPPED_CALIBRATION, calibrations, thresholds
from samo.modelling.emotion.experiments.runs import Run, run
from samo.modelling.emotion.experiments.techniques import BASELINE, DISTILLED, TRAINED, Technique
from samo.modelling.emotion.teachers import mixed_targets
from samo.modelling.emotion.training import SoftTargets

SPLITS = 10
SHRINKAGES = (0.0, 30.0, 100.0, 300.0)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One model with one calibration, on rows that it was not fitted on: means over the random halvings."""

    macro_f1: float
    micro_f1: float
    ece: float


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """The mean over seeds and the standard deviation between them, None of a single seed."""

    mean: float
    deviation: float | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One technique: cross-fitted figures on dev. `gain` is macro-F1 against the baseline of the same seed."""

    group: str
    technique: str
    seeds: int
    macro_f1: Figure
    micro_f1: Figure
    ece: Figure
    gain: Figure


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All rows, and on how many training and dev rows they stand."""

    train_rows: int
    dev_rows: int
    epochs: int
    rows: tuple[Row, ...]


def compare(corpus: Corpus, config: EmotionBuildConfig, seeds: Sequence[int], work_dir: Path) -> Comparison:
    """Train every technique with every seed and judge all of them; what `work_dir` has is not trained again."""

    def runs_of(technique: Technique, taught: SoftTargets | None = None) -> list[Run]:
        name, training = technique.name, technique.applied_to(config.training)
        teaches = technique is BASELINE
        return [
            run(name, seed, config.base, corpus, training, work_dir, taught, on_training_rows=teaches) for seed in seeds
        ]

    baseline = runs_of(BASELINE)
    trained = {BASELINE.name: baseline} | {technique.name: runs_of(technique) for technique in TRAINED}
    trained[DISTILLED.name] = runs_of(DISTILLED, _taught(corpus, baseline, config.distillation.weight))

    compared: list[tuple[str, str, list[Logits], Fit]] = []
    shrinkage = config.calibration.shrinkage
    shipped = calibrations(shrinkage)[SHIPPED_CALIBRATION]
    logits = [each.dev_logits for each in baseline]
    compared += [("training", name, [each.dev_logits for each in runs], shipped) for name, runs in trained.items()]
    compared += [("training", "ensemble of the seeds", [np.mean(logits, axis=0)], shipped)]
    compared += [("calibration", name, logits, fit) for name, fit in calibrations(shrinkage).items()]
    compared += [("thresholds", name, logits, fit) for name, fit in thresholds(SHRINKAGES).items()]

    dev = targets(corpus.dev, len(corpus.labels))
    reference = [_judged(each, dev, shipped) for each in logits]
    return Comparison(
        train_rows=len(corpus.train),
        dev_rows=len(corpus.dev),
        epochs=config.training.epochs,
        rows=tuple(_row(group, name, models, dev, fit, reference) for group, name, models, fit in compared),
    )


def _taught(corpus: Corpus, teachers: Sequence[Run], weight: float) -> SoftTargets:
    labels = targets(corpus.train, len(corpus.labels)).astype(np.float32)
    opinions = [probabilities_of(each.train_logits) for each in teachers if each.train_logits is not None]
    return mixed_targets(labels, opinions, weight)


def _judged(logits: Logits, dev: Targets, fit: Fit) -> Measured:
    unseen = [cross_fitted(logits, dev, fit, seed) for seed in range(SPLITS)]
    return Measured(
        macro_f1=float(np.mean([label_f1(decisions, dev).mean() for _, decisions in unseen])),
        micro_f1=float(np.mean([micro_f1(decisions, dev) for _, decisions in unseen])),
        ece=float(np.mean([calibration_error(probabilities, dev) for probabilities, _ in unseen])),
    )


def _row(
    group: str, technique: str, models: Sequence[Logits], dev: Targets, fit: Fit, reference: Sequence[Measured]
) -> Row:
    measured = [_judged(logits, dev, fit) for logits in models]
    # One ensemble stands against the mean of the seeds that it was made of.
    baselines = [each.macro_f1 for each in reference]
    against = baselines if len(measured) == len(baselines) else [float(np.mean(baselines))]
    return Row(
        group=group,
        technique=technique,
        seeds=len(models),
        macro_f1=_figure([each.macro_f1 for each in measured]),
        micro_f1=_figure([each.micro_f1 for each in measured]),
        ece=_figure([each.ece for each in measured]),
        gain=_figure([each.macro_f1 - other for each, other in zip(measured, against, strict=True)]),
    )


def _figure(values: Sequence[float]) -> Figure:
    return Figure(mean=float(np.mean(values)), deviation=float(np.std(values, ddof=1)) if len(values) > 1 else None)
