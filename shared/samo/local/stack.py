"""The whole deployment on one machine: Pub/Sub, Cloud Storage and the four functions, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from google.pubsub_v1 import PubsubMessage

from samo.adapters.dead_letters import DeadLetterSubscription
from samo.adapters.gcs import GcsStore
from samo.domain.names import STAGES, StageName
from samo.local import functions, topology
from samo.local.functions import Functions
from samo.local.gcs.client import local_client
from samo.local.gcs.server import GcsServer
from samo.local.processes import Processes
from samo.local.pubsub_emulator import PubsubEmulator
from samo.local.topology import PROJECT, Delivery
from samo.operations.dead_letters import DeadLetter, list_letters

BUCKETS = ("recordings", "results", "leases", "models")


class LocalStack:
    """A running stack. `storage_url` is the address of the Cloud Storage server; `logs` holds a file per process."""

    def __init__(self, storage_url: str, emulator: PubsubEmulator, processes: Processes, logs: Path) -> None:
        self.storage_url = storage_url
        self.logs = logs
        self._emulator = emulator
        self._processes = processes

    def check(self) -> None:
        """Raises `ProcessFailed`, with the end of its log, when a process of the stack has ended."""
        self._processes.check()

    def store(self, bucket: str) -> GcsStore:
        """A bucket of the stack: `recordings`, `results`, `leases` or `models`."""
        return GcsStore(bucket, client=lambda: local_client(self.storage_url))

    def publish(self, topic: str, body: bytes, attributes: Mapping[str, str]) -> None:
        """Put a message on `recordings`, `transcripts`, `analyses` or `insights`, as anybody could."""
        self._emulator.publish(topology.topic(topic), body, attributes)

    def published_insights(self) -> list[PubsubMessage]:
        """Take what waits for a consumer of insights."""
        return self._emulator.take(topology.subscription(topology.CONSUMER))

    def waiting_dead_letters(self, stage: StageName) -> list[DeadLetter]:
        """What a stage failed to handle, attempt after attempt; it goes on waiting."""
        name = topology.subscription(topology.dead_letters(stage))
        queue = DeadLetterSubscription(name, client=lambda: self._emulator.subscriber, wait_s=1.0)
        return list_letters(queue, stage, limit=1_000)

    def environment(self) -> dict[str, str]:
        """The variables with which the `samo` command finds this stack."""
        return {
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "PUBSUB_EMULATOR_HOST": self._emulator.host,
            "STORAGE_EMULATOR_HOST": self.storage_url,
            **{f"SAMO_{name.upper()}": f"gs://{name}" for name in ("leases", "recordings", "results")},
            **{f"SAMO_{name.upper()}_TOPIC": topology.topic(name) for name in topology.TOPICS},
            **{
                f"SAMO_{stage.upper()}_DEAD_LETTERS": topology.subscription(topology.dead_letters(stage))
                for stage in STAGES
            },
        }

    def dead_letters(self, stage: StageName) -> list[PubsubMessage]:
        """Take what a stage failed to handle, attempt after attempt."""
        return self._emulator.take(topology.subscription(topology.dead_letters(stage)))


@contextmanager
def run_stack(objects: Path, logs: Path, served: Functions, delivery: Delivery | None = None) -> Iterator[LocalStack]:
    """Start everything, wait until it is ready, and stop it all at the end of the block, however that comes.

    `objects`, an existing folder, holds the buckets' bytes; `logs` gets a file for each process. Raises
    `LocalStackError` when a program is missing or does not become ready.
    """
    delivery = delivery or Delivery()
    with Processes(logs) as processes:
        emulator = PubsubEmulator(processes)
        with GcsServer(objects, publish=emulator.publish) as server:
            _create_buckets(server.url)
            addresses = functions.serve(
                served, processes, pubsub_host=emulator.host, storage_url=server.url, lease_s=delivery.lease_s
            )
            topology.create(emulator, addresses, delivery)
            yield LocalStack(server.url, emulator, processes, logs)


def _create_buckets(storage_url: str) -> None:
    with local_client(storage_url) as client:
        for bucket in BUCKETS:
            client.create_bucket(bucket)
        client.bucket("recordings").notification(
            topic_name="recordings",
            topic_project=PROJECT,
            event_types=["OBJECT_FINALIZE"],
            payload_format="JSON_API_V1",
        ).create()
