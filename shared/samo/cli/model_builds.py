"""`samo models build`: from data or from a checkpoint to a published version."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from samo.cli.extras import installed_extra
from samo.wiring.model_stores import bundled_models, cached_models
from samo.wiring.places import open_store

_config_type = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def build() -> None:
    """Make, judge and publish a model. One that fails its gate is not published."""


@build.command()
@click.option("--data", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--config", required=True, type=_config_type)
@click.option("--store", "url", metavar="STORE", help="gs://bucket or a folder; by default the bundled store.")
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/emotion"),
    show_default=True,
    help="Where an interrupted build finds its checkpoint again.",
)
def emotion(data: Path, config: Path, url: str | None, work_dir: Path) -> None:
    """Train, quantise, calibrate, judge and publish a model from a data set."""
    with installed_extra("modelling", "building a model"):
        from samo.modelling.emotion.build import build_emotion
        from samo.modelling.emotion.config import load_config
    store = open_store(url) if url else bundled_models()
    manifest = build_emotion(data=data, config=load_config(config), store=store, work_dir=work_dir)
    click.echo(f"published emotion/{manifest.version} in {store.bucket}")


@build.command()
@click.option(
    "--from",
    "source",
    required=True,
    metavar="HUB_ID_OR_DIR",
    help="A T5: google-t5/t5-small, say, or a folder with config.json, model.safetensors and tokenizer.json.",
)
@click.option("--config", type=_config_type, help="By default the one that ships, for t5-small and flan-t5.")
@click.option("--store", "url", metavar="STORE", help="gs://bucket or a folder; by default the user's cache.")
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/summarization"),
    show_default=True,
    help="Where the float32 and the INT8 files are written, and a fetched checkpoint is kept.",
)
def summarization(source: str, config: Path | None, url: str | None, work_dir: Path) -> None:
    """Quantise, judge and publish a T5 checkpoint."""
    with installed_extra("modelling", "building a model"):
        from samo.modelling.t5.build import build_summarization
        from samo.modelling.t5.config import load_summarization_config
        from samo.modelling.t5.source import fetch_checkpoint
    shipped = Path(str(files("samo.modelling") / "configs" / "summarization.toml"))
    told = load_summarization_config(config or shipped)
    store = open_store(url) if url else cached_models()
    checkpoint = fetch_checkpoint(source, work_dir)
    base = None if Path(source).is_dir() else source
    manifest = build_summarization(checkpoint, told, store, work_dir, base=base)
    click.echo(f"published summarization/{manifest.version} in {url or 'the cache'}")
