"""Writers that are killed at any moment leave nothing half done, and nothing that they acknowledged is lost."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from samo.adapters.directory import DirectoryStore
from samo.domain.documents import decode
from samo.domain.events import InsightReady
from tests.contract.killed_writer import is_whole

ROOT = Path(__file__).parents[2]
ROUNDS = 12
WRITERS = 3

Acknowledgement = tuple[str, str, int]


def test_killed_writers_leave_whole_objects_and_keep_what_they_acknowledged(tmp_path: Path) -> None:
    """Thirty-six processes, three at once, each killed by SIGKILL some lines into its work."""
    store, chance = DirectoryStore(tmp_path / "bucket"), random.Random(9)
    created: dict[str, int] = {}
    published: set[str] = set()
    latest: dict[str, int] = {}
    for kill in range(ROUNDS):
        for what, name, generation in round_of_kills(tmp_path, kill, chance):
            if what == "created":
                created[name] = generation
            elif what == "published":
                published.add(name)
            else:
                latest[name] = max(latest.get(name, 0), generation)

        listed = list(store.list())
        assert all(is_whole(store.read(info.name, generation=info.generation)) for info in listed)
        alive = {info.name: info.generation for info in listed}
        assert {name: alive.get(name) for name in created} == created
        assert all(alive[name] >= generation for name, generation in latest.items() if name in alive)
        assert len({info.generation for info in listed}) == len(listed)
        probe = store.create(f"probe/{kill}", bytes(0))
        assert probe.generation > max([*created.values(), *latest.values(), 0])
        store.delete(probe.name, generation=probe.generation)

    events = {decode(file.read_bytes(), InsightReady).object.name for file in (tmp_path / "topic").glob("*.json")}
    assert published <= events
    assert len(created) > ROUNDS * WRITERS
    assert latest


def round_of_kills(root: Path, kill: int, chance: random.Random) -> Iterator[Acknowledgement]:
    """What three writers acknowledged before they were killed, each after some lines and at any point of the next."""
    writers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.contract.killed_writer",
                str(root),
                f"{kill}-{worker}",
                str(kill * 10 + worker),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for worker in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout is not None
        heard = list(itertools.islice(writer.stdout, chance.randrange(4, 25)))
        writer.kill()
        for line in [*heard, *writer.stdout]:
            what, name, generation = line.split()
            yield what, name, int(generation)
        assert writer.wait() == -9
