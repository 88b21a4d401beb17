"""`samo evaluate summary | lengths-and-weights | faithfulness`: summaries, and the check of a model's words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samo.cli.evaluate.options import data_option, json_option, threads_option
from samo.cli.extras import installed_extra
from samo.cli.output import print_json

if TYPE_CHECKING:
    from samo.modelling.summaries.evaluation import Judgement

SUMMARY_ENGINES = ("extractive", "t5", "lead3", "textrank", "centroid")


@click.command("summary")
@data_option('A JSON object a line: {"text": …, "summary": …}; of several summaries in an array the best counts.')
@click.option(
    "--engine",
    type=click.Choice([*SUMMARY_ENGINES, "all"]),
    default="extractive",
    show_default=True,
    help="Whose summaries; all: every engine there is, side by side as Markdown.",
)
@threads_option
@json_option("Print JSON; an array with --engine all.")
def evaluate_summary(data: Path, engine: str, *, threads: int, as_json: bool) -> None:
    """ROUGE with bootstrap intervals, emotion coverage, redundancy and compression of summaries."""
    with installed_extra("evaluation", "judging summaries"):
        judgements = _judgements(data, engine, threads)
    found = [judgement.evaluation for judgement in judgements]
    if as_json:
        record = found if engine == "all" else found[0]
        print_json(record)
    elif engine == "all":
        _show_comparison(judgements)
    else:
        _show_judgement(judgements[0])


@click.command("lengths-and-weights")
@data_option('A JSON object a line: {"text": …, "summary": …}; of several summaries in an array the best counts.')
@threads_option
@json_option("Print a JSON object.")
def evaluate_lengths_and_weights(data: Path, *, threads: int, as_json: bool) -> None:
    """Cross-validated ROUGE-L of the extractive summarizer: parameters chosen on some entries, measured on others."""
    with installed_extra("evaluation", "judging summaries"):
        from samo.modelling.progress import Progress
        from samo.modelling.summaries.cross_validation import cross_validate
        from samo.modelling.summaries.evaluation import read_entries
        from samo.modelling.summaries.examples import read_summary_examples
    from samo.wiring.engines import open_emotion_reader
    from samo.wiring.model_stores import local_models

    examples = read_summary_examples(data)
    reader = open_emotion_reader(local_models(), channel="stable", threads=threads)
    reading = Progress("emotions of the entries", len(examples))
    entries = read_entries(examples, reader, name=data.name, advance=reading.advance)
    found = cross_validate(entries, advance=Progress("every choice of parameters", len(entries)).advance)
    if as_json:
        print_json(found)
        return
    chosen = f"best of {found.candidates} on the other {found.folds - 1} folds ({found.repeats} draws of folds)"
    click.echo("| parameters | ROUGE-L | " + " | ".join(f"− {name}" for name in found.above) + " |")
    click.echo("|---|---|" + "---|" * len(found.above))
    for name, value, above in (
        (chosen, found.tuned, found.above),
        ("the product's", found.product, found.product_above),
    ):
        cells = [f"{each.value:+.4f} [{each.low:+.4f}, {each.high:+.4f}]" for each in above.values()]
        click.echo(f"| {name} | {value:.4f} | {' | '.join(cells)} |")


@click.command("faithfulness")
@data_option('A JSON object a line: {"text": …, "summary": …, "kind": …, "faithful": …}; the last two may be left out.')
@json_option("Print a JSON array, with the reasons.")
def evaluate_faithfulness(data: Path, *, as_json: bool) -> None:
    """How often the check of a model's words refuses texts that are wrong, and texts that are right."""
    with installed_extra("evaluation", "judging summaries"):
        from samo.modelling.summaries.faithfulness import rates, read_pairs
    found = rates(read_pairs(data))
    if as_json:
        print_json(found)
        return
    click.echo("| texts | | n | refused |\n|---|---|---|---|")
    for rate in found:
        verdict = "faithful" if rate.faithful else "unfaithful"
        click.echo(f"| {rate.kind} | {verdict} | {rate.n} | {100 * rate.refused:.0f} % |")


def _judgements(data: Path, engine: str, threads: int) -> list[Judgement]:
    from samo.domain.errors import ModelNotPublished
    from samo.modelling.progress import Progress, announce
    from samo.modelling.summaries.engines import open_engine
    from samo.modelling.summaries.evaluation import judge, read_entries
    from samo.modelling.summaries.examples import read_summary_examples
    from samo.wiring.engines import open_emotion_reader
    from samo.wiring.model_stores import local_models

    examples = read_summary_examples(data)
    summarizers = {}
    for name in SUMMARY_ENGINES if engine == "all" else (engine,):
        try:
            summarizers[name] = open_engine(name, local_models(), key=data.name, threads=threads)
        except ModelNotPublished as error:
            if engine != "all":
                raise
            announce(f"{name} is left out: {error}")
    reader = open_emotion_reader(local_models(), channel="stable", threads=threads)
    reading = Progress("emotions of the entries", len(examples))
    entries = read_entries(examples, reader, name=data.name, advance=reading.advance)
    judgements = []
    for name, summarizer in summarizers.items():
        summarising = Progress(f"summaries by {name}", len(entries))
        judgements.append(judge(name, summarizer, entries, reader, advance=summarising.advance))
    return judgements


def _show_judgement(judgement: Judgement) -> None:
    from samo.modelling.summaries.rouge import MEASURES

    found = judgement.evaluation
    click.echo(f"{found.engine} {found.model or ''}".rstrip() + f" on {found.n} entries")
    for measure in MEASURES:
        interval = getattr(found, measure)
        click.echo(f"  {measure:<11} {interval.value:.3f}  [{interval.low:.3f}, {interval.high:.3f}]")
    covered = "no entry has an emotion" if found.coverage is None else f"{found.coverage:.3f}"
    click.echo(f"  coverage    {covered}")
    click.echo(f"  redundancy  {found.redundancy:.3f}\n  compression {found.compression:.3f}")
    for reason, count in found.fallbacks.items():
        click.echo(f"  {count} extractive instead: {reason}")


def _show_comparison(judgements: Sequence[Judgement]) -> None:
    from samo.modelling.summaries.table import comparison, differences

    ours, *others = judgements
    click.echo(f"{comparison(judgements)}\n\n{differences(ours, others)}")
