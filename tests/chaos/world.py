"""All of it together: the real server, the real emulator, the functions, and the gates between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from google.pubsub_v1 import PubsubMessage

from samo.adapters.directory import DirectoryStore
from samo.adapters.gcs import GcsStore
from samo.domain.documents import encode_compact
from samo.domain.events import Event
from samo.domain.names import STAGES
from samo.local import topology
from samo.local.functions import Functions, Surroundings
from samo.local.gcs.client import local_client
from samo.local.gcs.server import GcsServer
from samo.local.processes import Processes
from samo.local.pubsub_emulator import PubsubEmulator
from samo.local.stack import create_buckets
from samo.local.topology import HEARS, PROJECT, Delivery
from tests.chaos.delivery_gate import DeliveryGate
from tests.chaos.ledger import Ledger
from tests.chaos.letter_box import LetterBox
from tests.chaos.models_trouble import ModelsTrouble
from tests.chaos.publish_gate import PublishGate
from tests.chaos.schedule import Schedule
from tests.chaos.storage_faults import StorageSituation
from tests.chaos.storage_gate import StorageGate
from tests.chaos.workers import Worker

ROOT = Path(__file__).parents[2]

REPLICAS = 2

# A lease as short as the work allows, so that it runs out often; few attempts, so that there are dead letters.
DELIVERY = Delivery(attempts=12, ack_deadline_s=10, lease_s=4.0)

_WRITTEN = "written"

_ENVIRONMENT = {"SAMO_SPEECH_ENGINE": "pocketsphinx"}

Sabotage = Callable[[str], str]
"""Changes the path and query of each request of a function to Cloud Storage."""


def forget_conditions(path: str) -> str:
    """Sabotage: a store that ignores "only if there is none"."""
    return path.replace("&ifGenerationMatch=0", "").replace("ifGenerationMatch=0&", "")


@dataclass
class World:
    """A running world. Its own calls to the store and to topics meet no fault."""

    schedule: Schedule
    ledger: Ledger
    server: GcsServer
    emulator: PubsubEmulator
    deliveries: DeliveryGate
    models: ModelsTrouble
    workers: list[Worker]
    logs: Path
    letters: LetterBox
    events: list[PubsubMessage] = field(default_factory=list)

    def store(self, bucket: str) -> GcsStore:
        """A bucket, without a gate in between."""
        return GcsStore(bucket, client=lambda: local_client(self.server.url))

    def publish(self, topic: str, body: bytes, attributes: Mapping[str, str] | None = None) -> None:
        """Put a message on a topic."""
        _publish(self.emulator, self.ledger, topology.topic(topic), body, attributes or {})

    def listen(self) -> None:
        """Take what waits for a consumer of insights."""
        while taken := self.emulator.take(topology.subscription(topology.CONSUMER)):
            self.events.extend(taken)

    def is_quiet(self) -> bool:
        """Whether every message was acknowledged or ran out of attempts, and no copy is on its way."""
        return not self.ledger.open_messages() and self.deliveries.is_quiet

    def replay_dead_letters(self) -> int:
        """Replay, as an operator does, what every stage gave up; returns how many letters there were."""
        return sum(self.letters.replay(stage, _Topic(self, HEARS[stage])) for stage in STAGES)


class _Topic:
    """A topic without a gate in front, whose messages are entered in the ledger."""

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self._name = name

    def send(self, body: bytes, attributes: Mapping[str, str]) -> None:
        """Put a message on it."""
        self._world.publish(self._name, body, attributes)

    def publish(self, event: Event) -> None:
        """Put an event on it."""
        self._world.publish(self._name, encode_compact(event))


@contextmanager
def run_world(folder: Path, schedule: Schedule, recordings: int, sabotage: Sabotage = str) -> Iterator[World]:
    """Start everything below `folder`, with faults from the first moment. Raises `LocalStackError`."""
    objects, logs = folder / "objects", folder / "logs"
    objects.mkdir(parents=True)
    ledger = Ledger()
    with ExitStack() as stack:
        processes = stack.enter_context(Processes(logs))
        emulator = PubsubEmulator(processes)

        def notify(topic: str, body: bytes, attributes: Mapping[str, str]) -> None:
            if topic == topology.topic(_WRITTEN):
                ledger.stored(body)
            else:
                _publish(emulator, ledger, topic, body, attributes)

        server = stack.enter_context(GcsServer(objects, publish=notify))
        create_buckets(server.url)
        _watch_results(server.url)
        models_bucket = GcsStore("models", client=lambda: local_client(server.url))
        _publish_models(models_bucket)
        models = ModelsTrouble(models_bucket, schedule, recordings)
        functions = Functions(ROOT / "functions", environment=_ENVIRONMENT)
        guard = threading.Lock()
        workers = [Worker(stage, number, functions, processes, guard) for stage in STAGES for number in range(REPLICAS)]
        deliveries = stack.enter_context(
            DeliveryGate(workers, schedule, ledger, ack_deadline_s=DELIVERY.ack_deadline_s)
        )
        for worker in workers:
            situation = StorageSituation(
                worker, schedule, ledger, deliveries.redeliver, models, DELIVERY.lease_s, sabotage
            )
            storage = stack.enter_context(StorageGate(server.url, situation))
            publishing = stack.enter_context(PublishGate(emulator.host, situation))
            worker.surroundings = Surroundings(publishing.host, storage.url, DELIVERY.lease_s)
            worker.start()
        for worker in workers:
            worker.wait()
        topology.create(emulator, {stage: deliveries.endpoint(stage) for stage in STAGES}, DELIVERY)
        stack.callback(models.end)
        letters = stack.enter_context(LetterBox(emulator, ledger, schedule))
        yield World(schedule, ledger, server, emulator, deliveries, models, workers, logs, letters)


def _publish(emulator: PubsubEmulator, ledger: Ledger, topic: str, body: bytes, attributes: Mapping[str, str]) -> None:
    message = PubsubMessage(data=body, attributes=attributes)
    reply = emulator.publisher.publish(topic=topic, messages=[message], timeout=10.0)
    for message_id in reply.message_ids:
        ledger.accepted(topic.rpartition("/")[2], message_id, body)


def _watch_results(storage_url: str) -> None:
    """Have the server itself tell of every generation written to the results, whatever the gates make of it."""
    with local_client(storage_url) as client:
        client.bucket("results").notification(
            topic_name=_WRITTEN,
            topic_project=PROJECT,
            event_types=["OBJECT_FINALIZE"],
            payload_format="JSON_API_V1",
        ).create()


def _publish_models(bucket: GcsStore) -> None:
    bundled = DirectoryStore(ROOT / "shared" / "models")
    for info in bundled.list():
        bucket.upload(info.name, bundled.path_of(info.name))
