"""Which deployment a command works on: a name, the folder of a `samo up`, or the URLs of its parts."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from samo.domain.names import STAGES
from samo.settings import SettingsError, Url, read_settings, variable_of

Settings = TypeVar("Settings", bound=msgspec.Struct)

_NAMED = re.compile(r"(?P<project>[a-z][a-z0-9-]{4,28}[a-z0-9])/(?P<name>[a-z][a-z0-9-]*)")
_VARIABLE = "SAMO_DEPLOYMENT"

ADVICE = "Name a deployment with --deployment, or its parts; see docs/operations.md"
"""For whoever has not said what to work on."""


def on_deployment(kind: type[msgspec.Struct]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options that name a deployment; the command gets `settings`, a record of `kind`.

    An option wins over --deployment, that over the environment, and that over SAMO_DEPLOYMENT. All problems are one
    `SettingsError`.
    """
    urls = [
        field.name
        for field in msgspec.structs.fields(kind)
        if field.type in (Url, Url | None) and field.name != "channel"
    ]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(*args: Any, deployment: str | None, **options: Any) -> Any:
            given = {variable_of(name): value for name in urls if (value := options.pop(name)) is not None}
            try:
                settings = settings_of(kind, deployment, given, os.environ)
            except SettingsError as error:
                raise SettingsError(f"{error}. {ADVICE}") from None
            return command(*args, settings=settings, **options)

        for name in reversed(urls):
            help_ = f"Instead of {variable_of(name)}."
            run = click.option(f"--{name.replace('_', '-')}", name, metavar="URL", help=help_)(run)
        return click.option(
            "--deployment",
            metavar="PROJECT/NAME|FOLDER",
            help="As infra/ names it, such as my-project/samo-dev, or the folder that `samo up` serves.",
        )(run)

    return decorate


def settings_of(
    kind: type[Settings], deployment: str | None, given: Mapping[str, str], environ: Mapping[str, str]
) -> Settings:
    """The settings from all sources. Points Google's clients at the emulators of a local deployment.

    Raises `SettingsError`, and `FolderNotServed` for a folder without a running `samo up`.
    """
    known: dict[str, str] = {}
    if deployment is None and (usual := environ.get(_VARIABLE)):
        known = variables_of(usual)
    known = {**known, **environ}
    if deployment is not None:
        known |= variables_of(deployment)
    settings = read_settings(kind, {**known, **given})
    for name in ("GOOGLE_CLOUD_PROJECT", "PUBSUB_EMULATOR_HOST", "STORAGE_EMULATOR_HOST"):
        if name in known:
            os.environ[name] = known[name]
    return settings


def variables_of(deployment: str) -> dict[str, str]:
    """The variables that describe a deployment. Raises `SettingsError`, `FolderNotServed`."""
    if Path(deployment).is_dir():
        from samo.local.folder_state import read_deployment

        return read_deployment(Path(deployment))
    named = _NAMED.fullmatch(deployment)
    if named is None:
        raise SettingsError(f"{deployment} is neither PROJECT/NAME nor a folder that `samo up` serves")
    project, name = named["project"], named["name"]
    topics = {topic: f"projects/{project}/topics/{name}-{topic}" for topic in _TOPICS}
    return {
        **{
            variable_of(kind): f"gs://{project}-{name}-{kind}" for kind in ("leases", "models", "recordings", "results")
        },
        **{variable_of(f"{topic}_topic"): url for topic, url in topics.items()},
        **{
            variable_of(f"{stage}_dead_letters"): f"projects/{project}/subscriptions/{name}-{stage}-dead-letters"
            for stage in STAGES
        },
    }


_TOPICS = ("recordings", "transcripts", "analyses", "insights")
