"""Functions as functions-framework serves them, over directories instead of buckets and topics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import functions_framework
import pytest
from flask.testing import FlaskClient

from samo.adapters.directory import DirectoryStore
from samo.domain.names import StageName

FUNCTIONS = Path(__file__).parents[2] / "functions"

Serve = Callable[[StageName], FlaskClient]
"""Loads `functions/{stage}/main.py` and gives a client that speaks HTTP to it."""


class World(NamedTuple):
    """What the functions read and write."""

    recordings: DirectoryStore
    results: DirectoryStore
    leases: DirectoryStore
    topics: Path


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Empty buckets and topics, and an environment that names them."""
    for bucket in ("recordings", "results", "leases", "models"):
        monkeypatch.setenv(f"SAMO_{bucket.upper()}", (tmp_path / bucket).as_uri())
    for topic in ("transcripts", "analyses", "insights"):
        monkeypatch.setenv(f"SAMO_{topic.upper()}_TOPIC", (tmp_path / "topics" / topic).as_uri())
    recordings, results, leases = (DirectoryStore(tmp_path / name) for name in ("recordings", "results", "leases"))
    return World(recordings, results, leases, tmp_path / "topics")


@pytest.fixture
def serve(world: World) -> Serve:
    """The functions of this repository."""

    def serve(stage: StageName) -> FlaskClient:
        source = str(FUNCTIONS / stage / "main.py")
        app = functions_framework.create_app(target="handle", source=source, signature_type="cloudevent")
        client: FlaskClient = app.test_client()
        return client

    return serve
