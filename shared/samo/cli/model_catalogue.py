"""What `samo models list` and `verify` say about the stores they look into."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from rich.table import Table

from samo.domain.errors import ModelUnavailable
from samo.inference.model_store.catalogue import channels_in, read_channel, read_manifest, versions_in
from samo.inference.model_store.manifest import Engine, Manifest, Task
from samo.inference.model_store.verification import verified_chunks
from samo.ports import ObjectStore


class Source(NamedTuple):
    """A store and what a person calls it: `bundled`, `cache`, or the URL given."""

    label: str
    store: ObjectStore


class ModelRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version in one source. `size` is in bytes; `channels` maps a channel to this version's share in [0, 1]."""

    task: Task
    version: str
    engine: Engine
    size: int
    licence: str
    source: str
    channels: dict[str, float]


class Finding(NamedTuple):
    """What a check found: one line for a person, and whether it is bad news."""

    line: str
    bad: bool


def model_rows(source: Source) -> Iterator[ModelRow | Finding]:
    """Every version of the source; a finding in place of one that cannot be read."""
    channels: dict[tuple[Task, str], dict[str, float]] = {}
    for task, name in channels_in(source.store):
        try:
            channel = read_channel(source.store, task, name)
        except ModelUnavailable as error:
            yield Finding(str(error), bad=True)
        else:
            channels[task, name] = shares(channel.versions) if channel else {}
    for task, version in versions_in(source.store):
        try:
            manifest = read_manifest(source.store, task, version)
        except ModelUnavailable as error:
            yield Finding(str(error), bad=True)
            continue
        if manifest is not None:
            yield ModelRow(
                task=task,
                version=version,
                engine=manifest.engine,
                size=_size(manifest),
                licence=manifest.licence,
                source=source.label,
                channels={
                    name: share[version] for (of, name), share in channels.items() if of == task and version in share
                },
            )


def check_source(source: Source, sources: Sequence[Source]) -> Iterator[Finding]:
    """Every file of every version held against its manifest, and every channel against the versions in `sources`."""
    for task, version in versions_in(source.store):
        try:
            manifest = read_manifest(source.store, task, version)
        except ModelUnavailable as error:
            yield Finding(str(error), bad=True)
            continue
        if manifest is not None:
            yield from _check_files(source, manifest)
    for task, name in channels_in(source.store):
        try:
            channel = read_channel(source.store, task, name)
            for version in channel.versions if channel else ():
                if all(read_manifest(each.store, task, version) is None for each in sources):
                    line = f"{task}/channels/{name}.json in {source.label} names {version}, which is not published"
                    yield Finding(line, bad=True)
        except ModelUnavailable as error:
            yield Finding(str(error), bad=True)


def model_table(rows: Sequence[ModelRow]) -> Table:
    """The rows for a terminal."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("task", "version", "engine"):
        table.add_column(column)
    table.add_column("size", justify="right")
    for column in ("licence", "channels", "source"):
        table.add_column(column)
    for row in rows:
        channels = ", ".join(f"{name} {percent(share)}" for name, share in row.channels.items()) or "-"
        table.add_row(row.task, row.version, row.engine, readable(row.size), row.licence, channels, row.source)
    return table


def shares(versions: Mapping[str, float]) -> dict[str, float]:
    """Weights as shares of the entries, in [0, 1]."""
    total = sum(versions.values())
    return {version: weight / total for version, weight in versions.items()}


def percent(share: float) -> str:
    """`90 %`; three significant digits, so that a canary of one in a thousand shows."""
    return f"{share * 100:.3g} %"


def readable(size: int) -> str:
    """A number of bytes in the unit that fits: `23.1 MB`, with decimal prefixes."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def _check_files(source: Source, manifest: Manifest) -> Iterator[Finding]:
    whole = True
    for file in manifest.files:
        try:
            deque(verified_chunks(source.store, manifest, file), maxlen=0)
        except ModelUnavailable as error:
            whole = False
            yield Finding(str(error), bad=True)
    if whole:
        facts = f"{len(manifest.files)} files, {readable(_size(manifest))}"
        yield Finding(f"{manifest.task}/{manifest.version} in {source.label}: {facts}, all verified", bad=False)


def _size(manifest: Manifest) -> int:
    return sum(file.size for file in manifest.files)
