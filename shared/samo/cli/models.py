"""`samo models`: what is published where, whether it is whole, and how more gets in."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from samo.cli.extras import installed_extra
from samo.cli.model_builds import build
from samo.cli.model_catalogue import Finding, ModelRow, Source, check_source, model_rows, model_table, percent, shares
from samo.cli.model_comparison import compare
from samo.cli.one_line_errors import OneLineErrors
from samo.domain.errors import HubUnreachable
from samo.inference.model_store.catalogue import TASKS, read_channel, read_manifest
from samo.inference.model_store.manifest import Engine, Manifest, Provenance, Task
from samo.inference.model_store.publishing import add_to_channel, copy, describe, set_channel
from samo.inference.model_store.publishing import publish as publish_version
from samo.inference.speech.whisper_sizes import DEFAULT_SIZE, WHISPER_SIZES
from samo.ports import ObjectStore
from samo.wiring.model_stores import bundled_models_folder, cached_models, cached_models_folder, local_models
from samo.wiring.places import open_store

# What a folder of files can become. An emotion model's labels and thresholds come from its build alone.
ENGINES: dict[Task, Engine] = {"transcription": "ctranslate2", "summarization": "onnx"}


def _task_and_version(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> tuple[Task, str] | None:
    if value is None:
        return None
    named, _, version = value.partition("/")
    for task in TASKS:
        if task == named and version:
            return task, version
    raise click.BadParameter(f"{value!r} is not TASK/VERSION with a task among {', '.join(TASKS)}")


_stores = click.option(
    "--store", "urls", multiple=True, metavar="STORE", help="gs://bucket or a folder; repeat for several."
)
_channel = click.option("--channel", default="stable", show_default=True, help="The channel that is to serve it.")


@click.group(cls=OneLineErrors)
def models() -> None:
    """Models: what is published where.

    Without --store, the store that SAMO_MODELS names, or else the bundled one and the user's cache.
    """


@models.command("list")
@_stores
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_models(urls: Sequence[str], *, as_json: bool) -> None:
    """List versions with the channels that serve them, and each one's share of the entries."""
    sources = _sources(urls)
    found = [each for source in sources for each in model_rows(source)]
    rows = [each for each in found if isinstance(each, ModelRow)]
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(rows), indent=2))
    elif rows:
        # Redirected, a table keeps its lines whole instead of folding at an imagined terminal's width.
        Console(width=None if sys.stdout.isatty() else 200).print(model_table(rows))
    elif not found:
        click.echo(_nothing_in(sources), err=True)
    bad = [each.line for each in found if not isinstance(each, ModelRow)]
    for line in bad:
        click.echo(line, err=True)
    if bad:
        raise click.exceptions.Exit(1)


@models.command()
@_stores
def verify(urls: Sequence[str]) -> None:
    """Hold every file of every version against its manifest; exit status 1 and a line for each that differs."""
    sources = _sources(urls)
    found = [finding for source in sources for finding in _shown(check_source(source, sources))]
    if not found:
        raise click.ClickException(_nothing_in(sources))
    bad = any(finding.bad for finding in found)
    if bad:
        raise click.exceptions.Exit(1)


@models.command()
@click.argument("task", type=click.Choice(["transcription"]))
@click.option("--size", type=click.Choice(list(WHISPER_SIZES)), default=DEFAULT_SIZE, show_default=True)
@click.option("--try", "quietly", is_flag=True, help="Without a word when the hub cannot be reached.")
def fetch(task: Task, size: str, *, quietly: bool) -> None:
    """Fetch Whisper weights from the hub into the user's cache, and let the channel stable serve them.

    Exit status 69 when the hub cannot be reached or does not hand them over, 1 for every other error.
    """
    with installed_extra("transcription", f"fetching {task} weights"):
        from samo.inference.speech.whisper_weights import fetch_whisper
    store = cached_models()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        arriving = bar.add_task(f"fetching {task} weights, size {size}", total=None)
        try:
            manifest = fetch_whisper(
                store, size=size, progress=lambda arrived, total: bar.update(arriving, completed=arrived, total=total)
            )
        except HubUnreachable as error:
            bar.stop()
            if not quietly:
                click.echo(str(error), err=True)
            raise click.exceptions.Exit(os.EX_UNAVAILABLE) from error
    click.echo(f"{manifest.task}/{manifest.version} is in the cache")
    _say_what_is_served(store, manifest.task, "stable")


@models.command()
@click.argument("model", metavar="[TASK/VERSION]", required=False, callback=_task_and_version)
@click.option("--to", "url", metavar="STORE", help="gs://bucket or a folder; with --from, by default the user's cache.")
@_channel
@click.option("--no-channel", is_flag=True, help="Store it, and let no channel serve it yet.")
@click.option(
    "--weight",
    type=click.FloatRange(min=0, min_open=True, max=math.inf, max_open=True),
    help="Serve it beside the channel's other versions, with this weight.",
)
@click.option(
    "--from",
    "directory",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Publish the files of this folder as a new version.",
)
@click.option("--task", type=click.Choice(list(ENGINES)), help="With --from: what the model does.")
@click.option("--version", help="With --from: the version's name, never used before.")
@click.option("--licence", help="With --from: the weights' licence, as an SPDX identifier.")
@click.option("--base", default="not stated", help="With --from: where the weights come from.")
def publish(
    model: tuple[Task, str] | None,
    url: str | None,
    *,
    channel: str,
    no_channel: bool,
    weight: float | None,
    directory: Path | None,
    task: Task | None,
    version: str | None,
    licence: str | None,
    base: str,
) -> None:
    """Publish a version that lies here (TASK/VERSION), or the files of a folder (--from), and let a channel serve it.

    The channel then serves this version alone, or, with --weight, beside those it serves already.
    """
    if no_channel and weight is not None:
        raise click.UsageError("--weight is for a channel, and --no-channel names none")
    if directory is not None:
        if model is not None or not (task and version and licence):
            raise click.UsageError("--from needs --task, --version and --licence, and no TASK/VERSION")
        target = _opened(url) if url else cached_models()
        manifest = _manifest_of(directory, task, version, licence, base)
        with Console(stderr=True).status(f"publishing {task}/{version}"):
            publish_version(target, directory, manifest, channel=None)
    else:
        if model is None or url is None:
            raise click.UsageError("name TASK/VERSION and --to STORE, or a folder with --from")
        target = _opened(url)
        task, version = model
        with Console(stderr=True).status(f"publishing {task}/{version}"):
            _copy_from_here(task, version, target)
    click.echo(f"published {task}/{version} in {url or 'the cache'}")
    if no_channel:
        return
    if weight is None:
        set_channel(target, task, channel, {version: 1.0})
    else:
        add_to_channel(target, task, channel, version, weight)
    _say_what_is_served(target, task, channel)


models.add_command(build)
models.add_command(compare)


def _sources(urls: Sequence[str]) -> list[Source]:
    if urls:
        return [Source(url, _opened(url)) for url in urls]
    names = {str(bundled_models_folder()): "bundled", str(cached_models_folder()): "cache"}
    return [Source(names.get(store.bucket, store.bucket), store) for store in local_models()]


def _opened(url: str) -> ObjectStore:
    if Path(url).is_file():
        raise click.ClickException(f"{url} is a file; a store is gs://bucket or a folder")
    return open_store(url)


def _nothing_in(sources: Sequence[Source]) -> str:
    return f"no models in {' or '.join(source.label for source in sources)}"


def _shown(findings: Iterable[Finding]) -> Iterator[Finding]:
    for finding in findings:
        click.echo(finding.line, err=finding.bad)
        yield finding


def _copy_from_here(task: Task, version: str, target: ObjectStore) -> None:
    """Copy the version from the first source that has it; one that the target alone has is there already."""
    for source in _sources(()):
        if (manifest := read_manifest(source.store, task, version)) is not None:
            copy(manifest, source.store, target)
            return
    if read_manifest(target, task, version) is None:
        message = f"no {task}/{version} here: see `samo models list`, or bring it from a folder with --from"
        raise click.ClickException(message)


def _manifest_of(directory: Path, task: Task, version: str, licence: str, base: str) -> Manifest:
    return Manifest(
        task=task,
        version=version,
        engine=ENGINES[task],
        files=describe(directory),
        licence=licence,
        provenance=Provenance(
            base=base,
            data="not stated",
            command=f"samo models publish --task {task} --version {version} --from DIR --licence {licence}",
        ),
        created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _say_what_is_served(store: ObjectStore, task: Task, channel: str) -> None:
    if (found := read_channel(store, task, channel)) is not None:
        served = ", ".join(f"{version} {percent(share)}" for version, share in shares(found.versions).items())
        click.echo(f"{task} channel {channel}: {served}")
