"""`samo evaluate entries`: ways to get from an entry's sentences to its emotions, on labelled entries."""

from __future__ import annotations

from pathlib import Path

import click

from samo.cli.evaluate.options import data_option, json_option, threads_option
from samo.cli.extras import installed_extra
from samo.cli.output import print_json


@click.command("entries")
@data_option('A JSON object a line: {"text": …, "emotions": [anger, …]}; of Plutchik\'s emotions, Ekman\'s are judged.')
@threads_option
@json_option("Print a JSON object.")
def evaluate_entries(data: Path, *, threads: int, as_json: bool) -> None:
    """ROC-AUC, average precision and labels by length of ways to aggregate an entry's sentences, as Markdown."""
    with installed_extra("evaluation", "judging entries"):
        from samo.inference.emotion.classifier import load_emotion_classifier
        from samo.inference.model_store.store import ModelStore
        from samo.modelling.entries.evaluation import evaluate_entries as judge
        from samo.modelling.entries.evaluation import read_posts
        from samo.modelling.entries.examples import judged_emotions, read_entry_examples
        from samo.modelling.entries.halves import SPLITS
        from samo.modelling.entries.table import tables
        from samo.modelling.progress import Progress
    from samo.wiring.model_stores import local_models

    examples = read_entry_examples(data)
    emotions = judged_emotions(examples, data.name)
    store = ModelStore(local_models())
    manifest = store.choose("emotion", key=data.name)
    with store.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=threads)
    reading = Progress("emotions of the entries", len(examples))
    posts = read_posts(examples, emotions, classifier, advance=reading.advance)
    found = judge(posts, manifest.version, advance=Progress("choices on halves of the entries", SPLITS).advance)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found.model} on {found.n} entries\n\n{tables(found)}")
