"""Job `modelling`: one execution trains, judges and publishes one version of the emotion model.

| ended | exit status | what Cloud Run does |
|---|---|---|
| published, or a former attempt had published it | 0 | the execution succeeded |
| refused: bad data, a gate not passed, a version taken | 65 | repeats the task, at most `max_retries` times |
| wrong settings | 78 | likewise |
| a store out of reach | 75 | likewise, and that may help |
| anything else | 70 | likewise |
| told to end | 143 | likewise, when it was not cancelled |

Cloud Run knows no status that forbids a repeat. One of a refused build is cheap: data and names are judged before the
training, and what the gate refused is still trained, where `SAMO_CHECKPOINTS` says where to keep it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from samo.canonical_log import setup_logging
from samo.domain.errors import ModelVersionTaken, ObjectNotFound, SamoError, TransientError
from samo.inference.model_store.catalogue import read_manifest
from samo.inference.model_store.publishing import set_channel
from samo.modelling.emotion.checkpoints import StoredCheckpoints
from samo.modelling.emotion.config import EmotionBuildConfig, load_config
from samo.modelling.emotion.dataset import DEV_FILE, LABELS_FILE, TRAIN_FILE
from samo.modelling.errors import DatasetInvalid
from samo.settings import ModellingJobSettings, SettingsError, read_settings
from samo.wiring.places import open_prefix, open_store

# What the platform sets for every task of a job.
EXECUTION_VARIABLE = "CLOUD_RUN_EXECUTION"
ATTEMPT_VARIABLE = "CLOUD_RUN_TASK_ATTEMPT"

_TERMINATED = 128 + signal.SIGTERM

_logger = logging.getLogger("samo")


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run the job from its environment; the exit status. The canonical line says how it ended, never why in data."""
    setup_logging()
    started = time.monotonic()
    line: dict[str, Any] = {
        "job": "modelling",
        "execution": environ.get(EXECUTION_VARIABLE),
        "attempt": _attempt(environ),
    }

    def end(outcome: str, status: int, error: BaseException | None = None) -> int:
        line["elapsed_ms"] = round((time.monotonic() - started) * 1000, 1)
        line["outcome"] = outcome
        if error is not None:
            line["error"] = error.code if isinstance(error, SamoError) else type(error).__name__
        # Named errors speak of names and places; anybody else's may quote a row of the data.
        told = f": {error}" if isinstance(error, SamoError | SettingsError) else ""
        _logger.log(logging.ERROR if status else logging.INFO, "modelling %s%s", outcome, told, extra={"fields": line})
        return status

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # Told first: the process has ten seconds left, and the last checkpoint may need them.
        sys.exit(end("interrupted", _TERMINATED))

    signal.signal(signal.SIGTERM, interrupt)
    try:
        settings = read_settings(ModellingJobSettings, environ)
        line["version"] = train_version(settings, _config(settings, environ), retried=_attempt(environ) > 0)
    except SettingsError as error:
        return end("misconfigured", os.EX_CONFIG, error)
    except TransientError as error:
        return end("retry", os.EX_TEMPFAIL, error)
    except SamoError as error:
        return end("refused", os.EX_DATAERR, error)
    except Exception as error:  # noqa: BLE001 - the outermost frame
        return end("failed", os.EX_SOFTWARE, error)
    return end("published", os.EX_OK)


def train_version(settings: ModellingJobSettings, config: EmotionBuildConfig, *, retried: bool) -> str:
    """Fetch the data, build what `config` says and publish it in the settings' model store; the version's name.

    `retried`: a former attempt of the same execution may have published it, and then nothing is left to do but to let
    the channel serve it. Raises as `build_emotion`, and `StoreUnavailable`.
    """
    # Torch and transformers, several seconds: after the settings have been read.
    from samo.modelling.emotion.build import TASK, build_emotion, published_as

    built = published_as(config)
    models = open_store(settings.models)
    with tempfile.TemporaryDirectory(prefix="samo-modelling-") as scratch:
        data, work_dir = Path(scratch, "data"), Path(scratch, "work")
        try:
            if read_manifest(models, TASK, built.version) is None:
                fetch_data(settings.data, data)
            with _checkpoints(settings, built.version, work_dir):
                build_emotion(data, config, models, work_dir)
        except ModelVersionTaken:
            if not retried:
                raise
            set_channel(models, TASK, built.channel, {built.version: 1.0})
    return built.version


def fetch_data(url: str, folder: Path) -> None:
    """Copy the three files of a data set from `gs://bucket/prefix` or a folder into a new `folder`.

    Raises `DatasetInvalid` for one that is not there and `StoreUnavailable`.
    """
    store, prefix = open_prefix(url)
    folder.mkdir(parents=True)
    for name in (LABELS_FILE, TRAIN_FILE, DEV_FILE):
        try:
            with (folder / name).open("wb") as file:
                for chunk in store.chunks(prefix + name):
                    file.write(chunk)
        except ObjectNotFound:
            raise DatasetInvalid(f"{name}: no such object below {url}") from None


def _config(settings: ModellingJobSettings, environ: Mapping[str, str]) -> EmotionBuildConfig:
    """The packaged configuration, as this execution runs it.

    A version never changes, so each execution has one of its own: the configured name and what makes the execution's
    name unique. All attempts of an execution share it.
    """
    packaged = load_config(Path(str(files("samo.modelling") / "configs" / f"{settings.config}.toml")))
    execution = environ.get(EXECUTION_VARIABLE, "").rpartition("-")[2]
    return msgspec.structs.replace(
        packaged,
        version=f"{packaged.version}-{execution}" if execution else packaged.version,
        channel=settings.channel,
        dev_mode=settings.dev_mode,
    )


def _checkpoints(settings: ModellingJobSettings, version: str, work_dir: Path) -> StoredCheckpoints | nullcontext[None]:
    if settings.checkpoints is None:
        return nullcontext()
    store, prefix = open_prefix(settings.checkpoints)
    return StoredCheckpoints(store, f"{prefix}{version}/", work_dir)


def _attempt(environ: Mapping[str, str]) -> int:
    attempt = environ.get(ATTEMPT_VARIABLE, "0")
    return int(attempt) if attempt.isdecimal() else 0
