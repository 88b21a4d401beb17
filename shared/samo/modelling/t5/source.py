"""Where a checkpoint comes from: a folder here, or a repository on the hub."""

from __future__ import annotations

import logging
from pathlib import Path

from samo.domain.errors import ModelUnavailable
from samo.inference.model_store.hub import THE_HUB, Hub, reason_of, within
from samo.inference.t5.description import TOKENIZER_FILE
from samo.modelling.t5.checkpoint import CONFIG_FILE, WEIGHTS_FILE, CheckpointInvalid

FILES = (CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE)


def fetch_checkpoint(source: str, work_dir: Path, *, hub: Hub = THE_HUB) -> Path:
    """The folder of a checkpoint: `source` itself, or the hub's repository of this id, fetched below `work_dir`.

    Raises `CheckpointInvalid` when the folder lacks a file, and `ModelUnavailable` for what is neither a folder nor can
    be fetched, within `hub.patience_s` when the hub does not answer.
    """
    directory = Path(source)
    if not directory.is_dir():
        directory = work_dir / "checkpoint" / source.replace("/", "--")
        _download(source, directory, hub)
    if missing := [name for name in FILES if not (directory / name).is_file()]:
        raise CheckpointInvalid(f"{directory} is no T5 checkpoint of Hugging Face: it lacks {', '.join(missing)}")
    return directory


def _download(repository: str, directory: Path, hub: Hub) -> None:
    try:
        within(hub.patience_s, lambda: _download_file(repository, CONFIG_FILE, directory, hub))
        for name in FILES:
            _download_file(repository, name, directory, hub)
    except Exception as error:
        raise ModelUnavailable(
            f"{repository} is no folder here and cannot be fetched from the hub ({reason_of(error)}). Try again with a "
            f"connection, or bring {', '.join(FILES)} from a machine that has one and name their folder with --from"
        ) from error


def _download_file(repository: str, name: str, directory: Path, hub: Hub) -> None:
    from huggingface_hub import hf_hub_download

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its every retry would be a line on stderr
    hf_hub_download(repository, name, local_dir=directory, endpoint=hub.endpoint)
