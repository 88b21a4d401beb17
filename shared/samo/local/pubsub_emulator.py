"""Google's Pub/Sub emulator: where the Cloud SDK keeps it, how it is started, and clients that talk to it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import grpc
from google.api_core.exceptions import DeadlineExceeded
from google.pubsub_v1 import PublisherClient, PubsubMessage, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from samo.local.errors import EmulatorMissing
from samo.local.processes import Process, Processes, free_port

_JARS = "platform/pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar"
_READY_S = 30.0
_CALL_S = 10.0
_PULL_S = 1.0  # the emulator waits for messages until shortly before this deadline
_PULL_MESSAGES = 1_000


class PubsubEmulator:
    """A running emulator. `PUBSUB_EMULATOR_HOST` is its `host`."""

    def __init__(self, processes: Processes) -> None:
        """Start it and wait until it answers. Raises `EmulatorMissing`, `ProcessFailed`."""
        port = free_port()
        self.host = f"127.0.0.1:{port}"
        # Java compiles for short runs, which this is.
        options = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        command = (find_java(), *options, "-jar", str(find_jar()), "--host=127.0.0.1", f"--port={port}")
        self.process: Process = processes.start("pubsub-emulator", command, os.environ)
        self.process.wait_for_http(f"http://{self.host}", deadline_s=_READY_S)
        self.publisher = PublisherClient(transport=PublisherGrpcTransport(channel=grpc.insecure_channel(self.host)))
        self.subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=grpc.insecure_channel(self.host)))

    def publish(self, topic: str, body: bytes, attributes: Mapping[str, str]) -> None:
        """Publish one message to `projects/{project}/topics/{topic}`; returns when it is accepted."""
        message = PubsubMessage(data=body, attributes=attributes)
        self.publisher.publish(topic=topic, messages=[message], timeout=_CALL_S)

    def take(self, subscription: str) -> list[PubsubMessage]:
        """Pull and acknowledge some of what waits in `projects/{project}/subscriptions/{subscription}`."""
        try:
            pulled = self.subscriber.pull(
                subscription=subscription, max_messages=_PULL_MESSAGES, timeout=_PULL_S, retry=None
            )
        except DeadlineExceeded:
            return []
        received = pulled.received_messages
        if received:
            ack_ids = [message.ack_id for message in received]
            self.subscriber.acknowledge(subscription=subscription, ack_ids=ack_ids, timeout=_CALL_S)
        return [message.message for message in received]


def find_java() -> str:
    """The Java launcher. Raises `EmulatorMissing`."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if java is None:
        raise EmulatorMissing("the Pub/Sub emulator needs Java 17 or later: apt-get install openjdk-17-jre-headless")
    return java


def find_jar() -> Path:
    """The emulator in the Cloud SDK. Raises `EmulatorMissing`."""
    for root in _sdk_roots():
        if jars := sorted(root.glob(_JARS)):
            return jars[-1]
    raise EmulatorMissing(
        "Google's Pub/Sub emulator is not installed: gcloud components install pubsub-emulator, "
        "or apt-get install google-cloud-cli-pubsub-emulator"
    )


def _sdk_roots() -> Iterator[Path]:
    if root := os.environ.get("CLOUDSDK_ROOT_DIR"):
        yield Path(root)
    if gcloud := shutil.which("gcloud"):
        yield Path(gcloud).resolve().parents[1]
        # Some packages put a script of their own in the way. This takes a second, hence last.
        asked = subprocess.run(  # noqa: S603 - whatever the PATH calls gcloud
            [gcloud, "info", "--format=value(installation.sdk_root)"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            yield Path(asked.stdout.strip())
