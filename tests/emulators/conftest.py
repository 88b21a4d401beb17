"""One local stack, and one run of the twenty uploads through it, for all tests of this folder."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from samo.adapters.directory import DirectoryStore
from samo.adapters.gcs import GcsStore
from samo.domain.documents import decode
from samo.domain.events import InsightReady
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import failure_name, insight_name
from samo.domain.recording import RecordingRef
from samo.local.errors import EmulatorMissing
from samo.local.functions import Functions
from samo.local.processes import wait_until
from samo.local.pubsub_emulator import find_jar, find_java
from samo.local.stack import LocalStack, run_stack
from samo.local.topology import Delivery
from samo.ports import ObjectInfo, ObjectStore
from tests.emulators.uploads import Upload, all_uploads

ROOT = Path(__file__).parents[2]

DEADLINE_S = 80.0

# As few attempts as the lease allows, so that what is not acknowledged becomes a dead letter while a test still looks.
FEW_ATTEMPTS = Delivery(attempts=15, lease_s=12.0)


@dataclass
class Run:
    """What was uploaded and what came of it; `stored` names the results once all had come."""

    stack: LocalStack
    uploads: Mapping[RecordingRef, Upload]
    events: dict[str, InsightReady] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    elapsed_s: float = 0.0

    @property
    def results(self) -> GcsStore:
        """The bucket of results."""
        return self.stack.store("results")

    def good(self) -> list[RecordingRef]:
        """The recordings that must have an insight."""
        return [ref for ref, upload in self.uploads.items() if upload.failure_code is None]

    def bad(self) -> Mapping[RecordingRef, str]:
        """The recordings that must have a failure record, with its code."""
        return {ref: upload.failure_code for ref, upload in self.uploads.items() if upload.failure_code is not None}

    def insight(self, ref: RecordingRef) -> Insight:
        """The insight of a recording."""
        return decode(self.results.read(insight_name(ref)), Insight)

    def failures(self) -> Iterator[Failure]:
        """All failure records."""
        for info in self.results.list("failures/"):
            yield decode(self.results.read(info.name), Failure)

    def listen(self) -> None:
        """Take what has been published; repeats of an event fall together."""
        for message in self.stack.published_insights():
            self.events[message.attributes["ce-id"]] = decode(message.data, InsightReady)

    def is_complete(self) -> bool:
        """Whether everything that must come has come."""
        self.listen()
        expected = {insight_name(ref) for ref in self.good()}
        expected |= {failure_name("transcription", ref) for ref in self.bad()}
        self.stored = frozenset(info.name for info in self.results.list())
        return expected <= self.stored and len(self.events) >= len(self.good())


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The deployed entry points behind the emulators, with the bundled models."""
    try:
        find_java()
        find_jar()
    except EmulatorMissing as error:
        pytest.skip(str(error))
    functions = Functions(ROOT / "functions", environment={"SAMO_SPEECH_ENGINE": "pocketsphinx"})
    objects, logs = tmp_path_factory.mktemp("objects"), tmp_path_factory.mktemp("logs")
    with run_stack(objects, logs, functions, FEW_ATTEMPTS) as running:
        publish_bundled_models(running.store("models"))
        yield running


def publish_bundled_models(bucket: ObjectStore) -> None:
    """Put the models of this repository where the deployed functions look for theirs."""
    bundled = DirectoryStore(ROOT / "shared" / "models")
    for info in bundled.list():
        bucket.upload(info.name, bundled.path_of(info.name))


@pytest.fixture(scope="session")
def run(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The stack after it has dealt with all uploads."""
    uploads = all_uploads(tmp_path_factory.mktemp("uploads"))
    started = time.monotonic()
    recordings = stack.store("recordings")
    stored: dict[RecordingRef, Upload] = {}
    latest: dict[str, ObjectInfo] = {}
    for upload in uploads:
        if (before := latest.get(upload.name)) is None:
            info = recordings.create(upload.name, upload.data)
        else:
            info = recordings.replace(upload.name, upload.data, generation=before.generation)
        latest[upload.name] = info
        stored[RecordingRef(bucket=recordings.bucket, name=info.name, generation=info.generation)] = upload
    run = Run(stack, stored)
    complete = wait_until(run.is_complete, deadline_s=DEADLINE_S, poll_s=0.2)
    run.elapsed_s = time.monotonic() - started
    if not complete:
        pytest.fail(f"not complete after {DEADLINE_S} s: {len(run.events)} events, results {sorted(run.stored)}")
    return run
