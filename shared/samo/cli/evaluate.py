"""`samo evaluate`: how good a published model is, on data that it has not seen."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from samo.cli.one_line_errors import OneLineErrors


@click.group(cls=OneLineErrors)
def evaluate() -> None:
    """Measure a published model on labelled data."""


@evaluate.command("emotion")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="GoEmotions rows: text, comma-separated label ids, id; separated by tabs.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, each label included.")
def evaluate_emotion(data: Path, *, threads: int, as_json: bool) -> None:
    """Macro- and micro-F1 with bootstrap intervals, calibration error and Brier score of the shipped model."""
    # Here, for `samo --help` should not wait for numpy and onnxruntime.
    from samo.domain.taxonomy import LABELS
    from samo.inference.emotion_classifier import load_emotion_classifier
    from samo.inference.model_store import ModelStore
    from samo.modelling.dataset import read_examples, targets
    from samo.modelling.evaluation import evaluate as judge
    from samo.wiring import local_models

    examples = read_examples(data, len(LABELS))
    store = ModelStore(local_models())
    manifest = store.choose("emotion", key=data.name)
    with store.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=threads)
    probabilities = classifier.probabilities([example.text for example in examples])
    result = judge(probabilities, targets(examples, len(LABELS)), manifest.thresholds, manifest.version)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
        return
    click.echo(f"{result.model} on {result.n} rows")
    for name, interval in (("macro-F1", result.macro_f1), ("micro-F1", result.micro_f1)):
        click.echo(f"  {name}  {interval.value:.3f}  [{interval.low:.3f}, {interval.high:.3f}]")
    click.echo(f"  ECE       {result.ece:.3f}\n  Brier     {result.brier:.4f}")
