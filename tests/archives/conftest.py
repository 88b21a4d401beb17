"""The four functions, deployed once, beside a Cloud Storage server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.bundle import FUNCTIONS
from samo.adapters.gcs import GcsStore
from samo.domain.names import StageName
from samo.inference.model_store.publishing import copy, set_channel
from samo.inference.model_store.store import ModelStore
from samo.local.gcs.client import local_client
from samo.local.gcs.server import GcsServer
from samo.local.topology import STAGES
from samo.wiring.model_stores import bundled_models
from tests.archives.deployment import Deployment, IndexUnreachable, deploy

BUCKETS = ("recordings", "results", "leases", "models")


class Cloud(NamedTuple):
    """Buckets behind a server that speaks Cloud Storage's protocol, and a folder for each topic."""

    settings: dict[str, str]
    recordings: GcsStore
    results: GcsStore
    topics: Path


@pytest.fixture(scope="session")
def deployments(tmp_path_factory: pytest.TempPathFactory) -> dict[StageName, Deployment]:
    """Every function that is bundled; skips where its packages cannot be had."""
    assert set(FUNCTIONS) == set(STAGES)
    try:
        return {stage: deploy(stage, tmp_path_factory.mktemp(stage)) for stage in STAGES}
    except IndexUnreachable as error:
        pytest.skip(str(error))


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """Empty buckets, but for the bundled emotion model."""
    folder = tmp_path / "objects"
    folder.mkdir()
    with GcsServer(folder) as server:

        def client():  # noqa: ANN202 - of a library without types
            return local_client(server.url)

        for bucket in BUCKETS:
            client().create_bucket(bucket)
        recordings, results, models = (
            GcsStore(bucket, client=client) for bucket in ("recordings", "results", "models")
        )
        bundled = bundled_models()
        manifest = ModelStore([bundled]).choose("emotion", key="any")
        copy(manifest, bundled, models)
        set_channel(models, "emotion", "stable", {manifest.version: 1.0})
        topics = tmp_path / "topics"
        yield Cloud(
            {
                "STORAGE_EMULATOR_HOST": server.url,
                **{f"SAMO_{bucket.upper()}": f"gs://{bucket}" for bucket in BUCKETS},
                **{
                    f"SAMO_{topic.upper()}_TOPIC": (topics / topic).as_uri()
                    for topic in ("transcripts", "analyses", "insights")
                },
            },
            recordings,
            results,
            topics,
        )
