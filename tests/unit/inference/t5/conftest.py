"""The random T5 models, built once for all tests: float32 and INT8."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from samo.inference.t5.model import T5Model, load_t5
from tests.unit.inference.t5.given_t5 import VARIANTS, t5_manifest, write_version

Folder = Callable[..., Path]
Model = Callable[..., T5Model]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The files of a variant's version."""

    @cache
    def written(name: str, *, quantised: bool = False) -> Path:
        return write_version(tmp_path_factory.mktemp(name), VARIANTS[name], quantised=quantised)

    return written


@pytest.fixture(scope="session")
def model(folder: Folder) -> Model:
    """A variant, loaded."""

    @cache
    def loaded(name: str, *, quantised: bool = False) -> T5Model:
        directory = folder(name, quantised=quantised)
        return load_t5(directory, t5_manifest(directory), threads=1)

    return loaded
