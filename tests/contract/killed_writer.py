"""`python -m tests.contract.killed_writer ROOT WORKER SEED`: write without end, and say so after each write.

Each object holds the SHA-256 of its own rest, so that any reader can tell a whole one. A line on stdout is an
acknowledgement: what it speaks of was complete before it was printed.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
from pathlib import Path

from samo.adapters.directory import DirectoryStore
from samo.adapters.spool import DirectoryTopic
from samo.domain.errors import PreconditionFailed
from samo.domain.events import InsightReady, ObjectPointer
from samo.domain.recording import RecordingRef

SHARED = 5
LARGEST = 300_000


def sealed(rest: bytes) -> bytes:
    """Bytes that prove that they are whole."""
    return hashlib.sha256(rest).digest() + rest


def is_whole(data: bytes) -> bool:
    """Whether these are all bytes of a sealed object."""
    return hashlib.sha256(data[32:]).digest() == data[:32]


def acknowledge(*words: object) -> None:
    """One line in one system call: it is there whole, or not at all."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Create objects of its own; replace, delete and create those that all writers share; publish."""
    root, worker, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    chance = random.Random(seed)
    store, topic = DirectoryStore(root / "bucket"), DirectoryTopic(root / "topic")
    for number in range(10**9):
        data = sealed(chance.randbytes(chance.choice((0, 100, 5_000, LARGEST))))
        own = f"own/{worker}/{number}/entry.json"
        acknowledge("created", own, store.create(own, data).generation)
        topic.publish(_event(own))
        acknowledge("published", own, 0)
        shared = f"shared/{chance.randrange(SHARED)}"
        try:
            if (info := store.stat(shared)) is None:
                acknowledge("written", shared, store.create(shared, data).generation)
            elif chance.random() < 0.2:
                store.delete(shared, generation=info.generation)
            else:
                acknowledge("written", shared, store.replace(shared, data, generation=info.generation).generation)
        except PreconditionFailed:
            continue


def _event(name: str) -> InsightReady:
    ref = RecordingRef(bucket="recordings", name=name, generation=1)
    return InsightReady(recording=ref, object=ObjectPointer(bucket="bucket", name=name, generation=1))


if __name__ == "__main__":
    main()
