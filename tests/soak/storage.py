"""`python -m tests.soak.storage FOLDER PORT`: our Cloud Storage server with the buckets of the emotion function."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from samo.local.gcs.client import local_client
from samo.local.gcs.server import GcsServer

BUCKETS = ("results", "leases")


def main() -> None:
    """Serve until the process is told to end."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    with GcsServer(folder, port=port) as server:
        for bucket in BUCKETS:
            local_client(server.url).create_bucket(bucket)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
