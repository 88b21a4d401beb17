"""`samo models compare`: which training technique helps, by experiment."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from samo.cli.extras import installed_extra


@click.group()
def compare() -> None:
    """Try techniques one by one on the same rows."""


@compare.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--config", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--share",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.1,
    show_default=True,
    help="The part of the training rows to learn from; all dev rows judge.",
)
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="How often each is trained.")
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/comparison"),
    show_default=True,
    help="Keeps what was trained: the next run goes on from there.",
)
@click.option("--json", "as_json", is_flag=True, help="One object instead of Markdown tables.")
def emotion(data: Path, config: Path, share: float, seeds: int, work_dir: Path, *, as_json: bool) -> None:
    """Compare losses, schedules, augmentation, calibration and thresholds with what ships."""
    with installed_extra("modelling", "comparing techniques"):
        from samo.modelling.emotion.config import load_config
        from samo.modelling.emotion.dataset import read_corpus
        from samo.modelling.emotion.experiments.comparison import compare as compare_techniques
        from samo.modelling.emotion.experiments.table import render_table
    told = load_config(config)
    corpus = read_corpus(data)
    sampled = corpus.with_train_share(share, told.training.seed)
    compared = compare_techniques(sampled, told, range(1, seeds + 1), work_dir / f"{share:g}")
    click.echo(msgspec.json.encode(compared).decode() if as_json else render_table(compared), nl=as_json)
