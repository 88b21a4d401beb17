"""`python -m tests.soak.cpu_shares`: where the time for one entry goes, and what reading several together would save.

Processor time of this process, not wall time: what waits for a disk or a network costs none. Two things follow from the
figures: how many requests at once an instance can use, and that batches across requests do not pay.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from samo.adapters.directory import DirectoryStore
from samo.adapters.gcs import GcsStore
from samo.boundary import deliver
from samo.domain.documents import encode, encode_compact
from samo.domain.events import ObjectPointer, TranscriptReady
from samo.domain.names import transcript_name
from samo.domain.sentences import sentences_of
from samo.inference.emotion.classifier import load_emotion_classifier
from samo.inference.model_store.store import ModelStore
from samo.local.gcs.client import local_client
from samo.local.processes import Processes, free_port, wait_until
from samo.messages import Message
from samo.ports import ObjectStore
from samo.stages.emotion import EmotionStage
from samo.wiring.emotion import emotion_stage
from samo.wiring.model_stores import bundled_models, bundled_models_folder
from tests.soak.entries import an_entry
from tests.soak.storage import BUCKETS

ENTRIES = 96
TOGETHER = (1, 2, 4, 8)
ROUNDS = 3


def main() -> None:
    """Measure, and print one table."""
    logging.getLogger("samo").setLevel(logging.ERROR)
    table = Table("of one entry", "CPU ms", "wall ms")
    for count, cpu_ms in _model_ms():
        table.add_row(f"the model, {count} entries in one call", f"{cpu_ms:.1f}", "")
    with tempfile.TemporaryDirectory(prefix="samo-shares-") as folder:
        for name, measure in (("directory store", _on_directory), ("Cloud Storage client", _on_gcs)):
            cpu_ms, wall_ms = measure(Path(folder, name.replace(" ", "-")))
            table.add_row(f"a whole delivery, {name}", f"{cpu_ms:.1f}", f"{wall_ms:.1f}")
    Console().print(table)


def _model_ms() -> list[tuple[int, float]]:
    """For each number of entries read together: the best of three rounds, for one entry."""
    models = ModelStore([bundled_models()])
    manifest = models.choose("emotion", "cpu shares")
    with models.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=1)
    entries = [[sentence.text for sentence in sentences_of(an_entry("shares", n))] for n in range(ENTRIES)]

    def read(together: int) -> None:
        for start in range(0, ENTRIES, together):
            classifier.probabilities([text for entry in entries[start : start + together] for text in entry])

    return [(count, min(_timed(read, count)[0] for _ in range(ROUNDS))) for count in TOGETHER]


def _on_directory(folder: Path) -> tuple[float, float]:
    urls = {bucket: (folder / bucket).as_uri() for bucket in BUCKETS}
    return _deliveries_ms(DirectoryStore(folder / "results"), _stage(urls, folder))


def _on_gcs(folder: Path) -> tuple[float, float]:
    logs, objects, port = folder / "logs", folder / "objects", free_port()
    logs.mkdir(parents=True)
    objects.mkdir()
    url = os.environ["STORAGE_EMULATOR_HOST"] = f"http://127.0.0.1:{port}"
    os.environ["GOOGLE_CLOUD_PROJECT"] = "local"
    with Processes(logs) as running:
        command = (sys.executable, "-m", "tests.soak.storage", str(objects), str(port))
        running.start("storage", command, os.environ).wait_for_http(url, deadline_s=60)
        results = GcsStore("results", client=lambda: local_client(url))
        leases = GcsStore("leases", client=lambda: local_client(url))
        wait_until(lambda: leases.stat("none") is None, deadline_s=60)
        return _deliveries_ms(results, _stage({bucket: f"gs://{bucket}" for bucket in BUCKETS}, folder))


def _stage(urls: dict[str, str], folder: Path) -> EmotionStage:
    return emotion_stage(
        {
            **{f"SAMO_{bucket.upper()}": url for bucket, url in urls.items()},
            "SAMO_MODELS": bundled_models_folder().resolve().as_uri(),
            "SAMO_ANALYSES_TOPIC": (folder / "analyses").as_uri(),
        }
    )


def _deliveries_ms(results: ObjectStore, stage: EmotionStage) -> tuple[float, float]:
    messages = [_stored(results, number) for number in range(ENTRIES + 1)]
    deliver(stage, messages.pop())  # loads the model and connects
    return _timed(lambda waiting: [deliver(stage, message) for message in waiting], messages)


def _stored(results: ObjectStore, number: int) -> Message:
    entry = an_entry("shares", number)
    name = transcript_name(entry.recording)
    info = results.create(name, encode(entry))
    pointer = ObjectPointer(bucket=results.bucket, name=name, generation=info.generation)
    return Message(id=str(number), data=encode_compact(TranscriptReady(recording=entry.recording, object=pointer)))


def _timed(work: Callable[..., object], argument: int | Sequence[Message]) -> tuple[float, float]:
    """Milliseconds of processor time and of wall time, for each entry."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work(argument)
    return (time.process_time() - cpu_s) / ENTRIES * 1000, (time.perf_counter() - wall_s) / ENTRIES * 1000


if __name__ == "__main__":
    main()
