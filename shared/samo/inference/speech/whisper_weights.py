"""Fetching Whisper weights: from the hub, once, at a pinned revision, into a model store. Never at inference."""

from __future__ import annotations

import errno
import hashlib
import logging
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm  # type: ignore[import-untyped]

from samo.domain.errors import HubUnreachable, ModelCorrupt, ModelUnavailable
from samo.inference.model_store.catalogue import read_manifest
from samo.inference.model_store.hub import THE_HUB, Hub, reason_of, within
from samo.inference.model_store.manifest import Manifest, Provenance
from samo.inference.model_store.publishing import describe, publish, set_channel
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.whisper_sizes import DEFAULT_SIZE, WHISPER_SIZES, WhisperWeights
from samo.ports import ObjectStore

CHANNEL = "stable"

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}

Progress = Callable[[int, int], None]
"""Hears the bytes that have arrived and those that will."""


def fetch_whisper(
    into: ObjectStore, *, size: str = DEFAULT_SIZE, progress: Progress | None = None, hub: Hub = THE_HUB
) -> Manifest:
    """Publish the Whisper of this size in `into`, and let the channel `stable` serve it alone.

    Nothing is fetched when the store holds it already, whole. Raises `ModelUnavailable` for an unknown size or a full
    disk; `HubUnreachable`, within `hub.patience_s`, when the hub does not answer; `ModelCorrupt` when it sends other
    weights.
    """
    weights = WHISPER_SIZES.get(size)
    if weights is None:
        raise ModelUnavailable(f"no Whisper is called {size!r}; choose among {', '.join(WHISPER_SIZES)}")
    return fetch_weights(weights, size, into, progress=progress or _unheard, hub=hub)


def fetch_weights(weights: WhisperWeights, size: str, into: ObjectStore, *, progress: Progress, hub: Hub) -> Manifest:
    """As `fetch_whisper`, for any weights on the hub."""
    version = f"whisper-{size}-{weights.revision[:7]}"
    if (held := _held(into, version)) is not None:
        set_channel(into, held.task, CHANNEL, {version: 1.0})
        return held
    # The thread that lost patience may still write into it.
    with tempfile.TemporaryDirectory(prefix="samo-whisper-", ignore_cleanup_errors=True) as temporary:
        directory = Path(temporary)
        _download(weights, directory, progress, hub)
        manifest = Manifest(
            task="transcription",
            version=version,
            engine="ctranslate2",
            files=describe(directory),
            licence=weights.licence,
            provenance=Provenance(
                base=f"{weights.repository}@{weights.revision}",
                data="speech from the web, as its authors describe it",
                command=f"samo models fetch transcription --size {size}",
            ),
            created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        publish(into, directory, manifest, channel=CHANNEL)
    return manifest


def _held(store: ObjectStore, version: str) -> Manifest | None:
    manifest = read_manifest(store, "transcription", version)
    if manifest is None:
        return None
    try:
        with ModelStore([store]).files(manifest):
            return manifest
    except ModelUnavailable:  # damaged: publishing it again repairs it
        return None


def _download(weights: WhisperWeights, directory: Path, progress: Progress, hub: Hub) -> None:
    first, *others = weights.files
    try:
        within(hub.patience_s, lambda: _download_file(weights, first, directory, hub))
        for name in others:
            listener = progress if name == "model.bin" else _unheard
            _download_file(weights, name, directory, hub, listener)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise ModelUnavailable(f"{weights.repository} cannot be kept in {directory}: {error.strerror}") from error
        raise HubUnreachable(
            f"{weights.repository} cannot be fetched from the hub ({reason_of(error)}). Try again with a connection, "
            "or copy a faster-whisper folder from a machine that has one and run `samo models publish --from FOLDER "
            f"--task transcription --version NAME --licence {weights.licence}`"
        ) from error
    with (directory / "model.bin").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != weights.model_sha256:
            raise ModelCorrupt(f"the hub sent another model.bin for {weights.repository}@{weights.revision}")


def _download_file(
    weights: WhisperWeights, name: str, directory: Path, hub: Hub, progress: Progress | None = None
) -> None:
    from huggingface_hub import hf_hub_download

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its every retry would be a line on stderr
    hf_hub_download(
        weights.repository,
        name,
        revision=weights.revision,
        local_dir=directory,
        endpoint=hub.endpoint,
        token=False,  # all of them are public
        tqdm_class=_reporter(progress or _unheard, weights.model_bytes),
    )


def _reporter(progress: Progress, total: int) -> type[Any]:
    class Reporter(tqdm):  # type: ignore[misc]
        """A progress bar that draws nothing and tells `progress` instead."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            self.arrived = 0

        def update(self, n: float | None = 1) -> bool | None:
            self.arrived += int(n or 0)
            progress(min(self.arrived, total), total)
            return None

    return Reporter


def _unheard(_arrived: int, _total: int) -> None:
    """Nobody listens."""
