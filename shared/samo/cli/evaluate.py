"""`samo evaluate`: how good a published model is, on data that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from samo.cli.evaluate_entries import evaluate_entries
from samo.cli.extras import installed_extra
from samo.cli.hint_options import checked_language
from samo.cli.one_line_errors import OneLineErrors
from samo.cli.output import print_json

if TYPE_CHECKING:
    from samo.modelling.summaries.evaluation import Judgement
    from samo.modelling.transcripts.evaluation import TranscriptionEvaluation

SUMMARY_ENGINES = ("extractive", "t5", "lead3", "textrank", "centroid")


@click.group(cls=OneLineErrors)
def evaluate() -> None:
    """Measure a published model on labelled data."""


evaluate.add_command(evaluate_entries)


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
    from samo.inference.emotion.classifier import load_emotion_classifier
    from samo.inference.model_store.store import ModelStore
    from samo.modelling.emotion.dataset import read_examples, targets
    from samo.modelling.emotion.evaluation import evaluate as judge
    from samo.wiring.model_stores import local_models

    examples = read_examples(data, len(LABELS))
    store = ModelStore(local_models())
    manifest = store.choose("emotion", key=data.name)
    with store.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=threads)
    probabilities = classifier.probabilities([example.text for example in examples])
    result = judge(probabilities, targets(examples, len(LABELS)), manifest.thresholds, manifest.version)
    if as_json:
        print_json(result)
        return
    click.echo(f"{result.model} on {result.n} rows")
    for name, interval in (("macro-F1", result.macro_f1), ("micro-F1", result.micro_f1)):
        click.echo(f"  {name}  {interval.value:.3f}  [{interval.low:.3f}, {interval.high:.3f}]")
    click.echo(f"  ECE       {result.ece:.3f}\n  Brier     {result.brier:.4f}")


@evaluate.command("behaviour")
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, the cases that failed included.")
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


@evaluate.command("summary")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='A JSON object a line: {"text": …, "summary": …}; of several summaries in an array the best counts.',
)
@click.option(
    "--engine",
    type=click.Choice([*SUMMARY_ENGINES, "all"]),
    default="extractive",
    show_default=True,
    help="Whose summaries; all: every engine there is, side by side as Markdown.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads per model.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; an array with --engine all.")
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


@evaluate.command("lengths-and-weights")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='A JSON object a line: {"text": …, "summary": …}; of several summaries in an array the best counts.',
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads per model.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
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


@evaluate.command("faithfulness")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='A JSON object a line: {"text": …, "summary": …, "kind": …, "faithful": …}; the last two may be left out.',
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, with the reasons.")
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


@evaluate.command("transcription")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='A JSON object a line: {"audio": path relative to the file, "text": what is said}.',
)
@click.option(
    "--speech-engine",
    type=click.Choice(["whisper", "pocketsphinx"]),
    default="whisper",
    show_default=True,
    help="Whose transcripts; pocketsphinx is the stand-in.",
)
@click.option(
    "--language",
    metavar="CODE",
    callback=lambda _context, _parameter, tag: checked_language(tag),
    help="What is spoken, as en or pt; found out if not given.",
)
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate_transcription(
    data: Path, speech_engine: str, language: str | None, *, threads: int, as_json: bool
) -> None:
    """Word and character error rate with bootstrap intervals, and the speed, of a speech engine."""
    with installed_extra("evaluation", "judging transcripts"):
        found = _judged_transcripts(data, speech_engine, language, threads)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found.engine} {found.model or ''}".rstrip() + f" on {found.n} recordings, {found.audio_s:.1f} s")
    for name, rate in (("WER", found.wer), ("CER", found.cer)):
        click.echo(f"  {name}  {rate.value:.3f}  [{rate.low:.3f}, {rate.high:.3f}]")
    click.echo(f"  RTF  {found.rtf:.3f}")


def _judged_transcripts(data: Path, speech_engine: str, language: str | None, threads: int) -> TranscriptionEvaluation:
    from samo.domain.hints import TranscriptionHints
    from samo.modelling.progress import Progress
    from samo.modelling.transcripts.evaluation import judge
    from samo.modelling.transcripts.examples import read_spoken_examples
    from samo.settings import MAX_AUDIO_S
    from samo.wiring.engines import open_transcriber
    from samo.wiring.model_stores import local_models

    examples = read_spoken_examples(data)
    transcriber = open_transcriber(speech_engine, local_models(), channel="stable", threads=threads, max_s=MAX_AUDIO_S)
    listening = Progress(f"transcripts by {speech_engine}", len(examples))
    return judge(
        transcriber,
        examples,
        name=data.name,
        engine=speech_engine,
        hints=TranscriptionHints(language=language),
        advance=listening.advance,
    )
