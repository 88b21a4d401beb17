"""Where things lie in a model store: `{task}/{version}/…` and `{task}/channels/{channel}.json`, all names made here."""

from __future__ import annotations

import re

from samo.domain.errors import ModelUnavailable
from samo.inference.model_store.manifest import MANIFEST_FILE, Manifest, ModelFile, Task

CHANNELS = "channels"

# What every store can hold as one component of a name.
MAX_PATH_BYTES = 255

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def manifest_name(task: Task, version: str) -> str:
    """`{task}/{version}/manifest.json`. Raises `ModelUnavailable` for a version that is no folder name."""
    return f"{task}/{_folder(version)}/{MANIFEST_FILE}"


def channel_name(task: Task, channel: str) -> str:
    """`{task}/channels/{channel}.json`. Raises `ModelUnavailable` for a channel that is no file name."""
    return f"{task}/{CHANNELS}/{_label(channel, 'channel')}.json"


def file_name(manifest: Manifest, file: ModelFile) -> str:
    """`{task}/{version}/{path}`. Raises `ModelUnavailable` for a path that leaves the version or is its manifest."""
    if file.path == MANIFEST_FILE or not _stays_inside(file.path):
        raise ModelUnavailable(
            f"{manifest_name(manifest.task, manifest.version)} lists {file.path!r}, "
            "which is not the relative path of a file inside the version"
        )
    return f"{manifest.task}/{_folder(manifest.version)}/{file.path}"


def _folder(version: str) -> str:
    if version == CHANNELS:
        raise ModelUnavailable(f"a model version cannot be called {CHANNELS!r}: that folder holds the channels")
    return _label(version, "version")


def _label(name: str, kind: str) -> str:
    if not _LABEL.fullmatch(name):
        raise ModelUnavailable(f"{name!r} cannot name a model {kind}: at most 100 letters, digits, '.', '_' or '-'")
    return name


def _stays_inside(path: str) -> bool:
    # A backslash or a colon would be a separator or a drive where a store is a directory on another system.
    components = path.split("/")
    return (
        path.isprintable()
        and not any(sign in path for sign in "\\:")
        and not any(component in ("", ".", "..") for component in components)
        and len(path.encode()) <= MAX_PATH_BYTES
    )
