"""Where models are looked for on this machine: the bundled store, the user's cache, or what SAMO_MODELS names."""

from __future__ import annotations

import os
from pathlib import Path

from samo.ports import ObjectStore
from samo.settings import SettingsError
from samo.wiring.places import open_store, path_of


def bundled_models_folder() -> Path:
    """The model store that ships with the package's sources: `shared/models`, or what SAMO_BUNDLED_MODELS names."""
    beside = Path(__file__).resolve().parents[2] / "models"
    return Path(os.environ.get("SAMO_BUNDLED_MODELS", beside))


def cached_models_folder() -> Path:
    """The user's model store, where `samo models fetch` puts weights."""
    if cache := os.environ.get("XDG_CACHE_HOME"):
        return Path(cache) / "samo" / "models"
    try:
        home = Path.home()
    except RuntimeError:
        raise SettingsError("the model cache has no place: this user has no home folder; set XDG_CACHE_HOME") from None
    return home / ".cache" / "samo" / "models"


def bundled_models() -> ObjectStore:
    """The store in `bundled_models_folder`."""
    return _folder_store(bundled_models_folder())


def cached_models() -> ObjectStore:
    """The store in `cached_models_folder`."""
    return _folder_store(cached_models_folder())


def local_models() -> list[ObjectStore]:
    """Where commands look for models: the store that SAMO_MODELS names, or the bundled one; then the user's cache."""
    url = os.environ.get("SAMO_MODELS")
    if not url:
        return [bundled_models(), cached_models()]
    return [open_store(url) if url.startswith("gs://") else _folder_store(path_of(url)), cached_models()]


def local_model_urls() -> tuple[str, str]:
    """The URLs of `local_models`, for other processes on this machine."""
    first = os.environ.get("SAMO_MODELS") or bundled_models_folder().resolve().as_uri()
    return first, cached_models_folder().resolve().as_uri()


def _folder_store(folder: Path) -> ObjectStore:
    from samo.adapters.directory import DirectoryStore

    return DirectoryStore(folder, bucket=str(folder))  # errors then say where they looked
