"""`python -m tests.contract.racing_creator URL WORDS NAME…`: create all objects when told to; print which were won."""

from __future__ import annotations

import json
import sys

from samo.domain.errors import PreconditionFailed
from samo.wiring.places import open_store


def main() -> None:
    """Say "ready", wait for a line, and race."""
    url, words, *names = sys.argv[1:]
    store, won = open_store(url), []
    store.stat("warm-up")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for name in names:
        try:
            store.create(name, words.encode())
        except PreconditionFailed:
            continue
        won.append(name)
    json.dump(won, sys.stdout)


if __name__ == "__main__":
    main()
