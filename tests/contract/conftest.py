"""Every test of the contract runs on every object store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from samo.ports import ObjectStore
from tests.contract import backends
from tests.contract.backends import Backend


@pytest.fixture(
    params=[
        backends.memory,
        backends.directory,
        backends.gcs_server,
        backends.other_server,
        backends.given_bucket,
    ]
)
def backend(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """One of the object stores, with a folder of its own for the test."""
    connect: Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[Backend]] = request.param
    with connect(tmp_path, monkeypatch) as connected:
        yield connected


@pytest.fixture
def store(backend: Backend) -> ObjectStore:
    """A handle on the bucket."""
    return backend.open()
