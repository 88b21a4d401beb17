"""`samo evaluate emotion | rules | behaviour`: the emotion model, sentence by sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from samo.cli.evaluate.options import data_option, json_option, threads_option
from samo.cli.output import print_json

if TYPE_CHECKING:
    from samo.inference.emotion.classifier import EmotionClassifier
    from samo.inference.model_store.manifest import Manifest

_ROWS = "GoEmotions rows: text, comma-separated label ids, id; separated by tabs."


@click.command("emotion")
@data_option(_ROWS)
@threads_option
@json_option("Print everything as JSON, each label included.")
def evaluate_emotion(data: Path, *, threads: int, as_json: bool) -> None:
    """Macro- and micro-F1 with bootstrap intervals, calibration error and Brier score of the shipped model."""
    # Here, for `samo --help` should not wait for numpy and onnxruntime.
    from samo.domain.taxonomy import LABELS
    from samo.modelling.emotion.dataset import read_examples, targets
    from samo.modelling.emotion.evaluation import evaluate as judge

    examples = read_examples(data, len(LABELS))
    classifier, manifest = _shipped_classifier(data, threads)
    probabilities = classifier.probabilities([example.text for example in examples])
    result = judge(probabilities, targets(examples, len(LABELS)), manifest.thresholds, manifest.version)
    if as_json:
        print_json(result)
        return
    click.echo(f"{result.model} on {result.n} rows")
    for name, interval in (("macro-F1", result.macro_f1), ("micro-F1", result.micro_f1)):
        click.echo(f"  {name}  {interval.value:.3f}  [{interval.low:.3f}, {interval.high:.3f}]")
    click.echo(f"  ECE       {result.ece:.3f}\n  Brier     {result.brier:.4f}")


@click.command("rules")
@data_option(_ROWS)
@threads_option
@json_option("Print JSON, with every word mended and the texts to read.")
def evaluate_rules(data: Path, *, threads: int, as_json: bool) -> None:
    """What the rules around the emotion model (spelling, denied and others' feelings) find and change."""
    from samo.domain.taxonomy import LABELS
    from samo.modelling.emotion.dataset import read_examples, targets
    from samo.modelling.emotion.rules import evaluate_rules as judge

    examples = read_examples(data, len(LABELS))
    classifier, manifest = _shipped_classifier(data, threads)
    result = judge(classifier, examples, targets(examples, len(LABELS)), manifest.thresholds, manifest.version)
    if as_json:
        print_json(result)
        return
    click.echo(f"{result.model} on {result.n} rows")
    click.echo(f"  words mended    {sum(result.mended.values())} of {result.words}")
    for name, found in (("denied", result.denied), ("others'", result.others)):
        click.echo(f"  {name:<7} labels  {found.labels}, of which the annotators gave {found.annotated}")
    for name, figures in (("alone", result.alone), ("with the rules", result.with_rules)):
        click.echo(
            f"  {name:<14}  macro-F1 {figures.macro_f1:.4f}  micro-F1 {figures.micro_f1:.4f}  ECE {figures.ece:.4f}"
        )


@click.command("behaviour")
@threads_option
@json_option("Print JSON, the cases that failed included.")
def evaluate_behaviour(*, threads: int, as_json: bool) -> None:
    """Cases of what an emotion model must be able to do: how many of each capability the shipped one gets right."""
    from samo.modelling.emotion.behaviour.cases import read_cases
    from samo.modelling.emotion.behaviour.evaluation import evaluate_behaviour as judge
    from samo.wiring.engines import open_emotion_reader
    from samo.wiring.model_stores import local_models

    result = judge(open_emotion_reader(local_models(), channel="stable", threads=threads), read_cases())
    if as_json:
        print_json(result)
        return
    click.echo(f"{result.model}: {result.passed} of {result.n} cases\n")
    click.echo("| capability | passed | cases | rate |\n|---|---|---|---|")
    for each in result.capabilities:
        click.echo(f"| {each.capability} | {each.passed} | {each.n} | {each.passed / each.n:.0%} |")


def _shipped_classifier(data: Path, threads: int) -> tuple[EmotionClassifier, Manifest]:
    from samo.inference.emotion.classifier import load_emotion_classifier
    from samo.inference.model_store.store import ModelStore
    from samo.wiring.model_stores import local_models

    store = ModelStore(local_models())
    manifest = store.choose("emotion", key=data.name)
    with store.files(manifest) as directory:
        return load_emotion_classifier(directory, manifest, threads=threads), manifest
