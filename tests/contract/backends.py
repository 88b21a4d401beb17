"""The object stores that the contract is checked on. Each test gets a folder of its own inside the bucket."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from samo.adapters.deadlines import STORE
from samo.adapters.directory import DirectoryStore
from samo.adapters.gcs import GcsStore
from samo.local.gcs.client import local_client
from samo.local.gcs.server import GcsServer
from samo.ports import ObjectStore
from samo.wiring.places import open_store
from tests.fakes.object_store import MemoryStore

BUCKET = "contract"

# So that a listing of a handful of objects already runs over pages.
PAGE_SIZE = 4


@dataclass(frozen=True)
class Backend:
    """`open` gives another handle on the same bucket; `unreachable` is a store that cannot be asked.

    `url` is for other processes, which have this one's environment; None where there can be none.
    """

    open: Callable[[], ObjectStore]
    unreachable: ObjectStore
    folder: str
    url: str | None = None

    def name(self, rest: str) -> str:
        """An object name that no other test uses."""
        return f"{self.folder}/{rest}"


@contextmanager
def memory(_: Path, __: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The fake that the unit tests use."""
    store, unreachable = MemoryStore(BUCKET), MemoryStore(BUCKET)
    unreachable.reachable = False
    yield Backend(lambda: store, unreachable, "run")


@contextmanager
def directory(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Backend]:
    """A directory; a link to itself is one that cannot be used."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    yield Backend(lambda: DirectoryStore(tmp_path / BUCKET), DirectoryStore(loop), "run", (tmp_path / BUCKET).as_uri())


@contextmanager
def gcs_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The client library on our own server."""
    folder = tmp_path / "objects"
    folder.mkdir()
    with GcsServer(folder, page_size=PAGE_SIZE) as server, _nobody_listens() as unreachable:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        Client().create_bucket(BUCKET)
        yield Backend(lambda: GcsStore(BUCKET), unreachable, "run", f"gs://{BUCKET}")


@contextmanager
def other_server(_: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The client library on whatever answers at STORAGE_EMULATOR_HOST."""
    if not os.environ.get("STORAGE_EMULATOR_HOST"):
        pytest.skip("STORAGE_EMULATOR_HOST names no server to test on")
    bucket = f"contract-{uuid.uuid4().hex}"
    Client(project="contract", credentials=AnonymousCredentials()).create_bucket(bucket)
    with _nobody_listens() as unreachable:
        yield Backend(lambda: GcsStore(bucket), unreachable, "run", f"gs://{bucket}")


@contextmanager
def given_bucket(_: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The store that SAMO_CONTRACT_BUCKET names: `gs://bucket` with the credentials of this environment."""
    url = os.environ.get("SAMO_CONTRACT_BUCKET")
    if not url:
        pytest.skip("SAMO_CONTRACT_BUCKET names no bucket to test on, such as gs://my-bucket")
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    with _nobody_listens() as unreachable:
        backend = Backend(lambda: open_store(url), unreachable, f"contract/{uuid.uuid4().hex}", url)
        yield backend
    store = backend.open()
    for info in list(store.list(backend.folder)):
        store.delete(info.name, generation=info.generation)


@contextmanager
def _nobody_listens() -> Iterator[ObjectStore]:
    # Bound, so that nobody else gets the port, but not listening: connections are refused.
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{refusing.getsockname()[1]}"
        yield GcsStore(BUCKET, client=lambda: local_client(address), deadlines=STORE.within(4))
