"""`python -m tests.contract.large_object URL NAME FILE`: up and down again, and how much this process grew for it."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from pathlib import Path

from samo.wiring.places import open_store


def peak_kib() -> int:
    """The largest that this process has been."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Upload the file, stream it back, and print a report."""
    url, name, file = sys.argv[1:]
    store, source = open_store(url), Path(file)
    store.create(f"{name}.warm-up", b"")
    b"".join(store.chunks(f"{name}.warm-up"))
    with source.open("rb") as opened:
        sent = hashlib.file_digest(opened, "sha256").hexdigest()
    before = peak_kib()

    info = store.upload(name, source)
    received = hashlib.sha256()
    for chunk in store.chunks(name, generation=info.generation):
        received.update(chunk)

    report = {"size": info.size, "sha256_sent": sent, "sha256_received": received.hexdigest()}
    json.dump({**report, "grown_mib": (peak_kib() - before) / 1024}, sys.stdout)


if __name__ == "__main__":
    main()
