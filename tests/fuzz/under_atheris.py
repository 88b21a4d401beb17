"""`python -m tests.fuzz.under_atheris READER SECONDS`: one reader, our whole package instrumented for it."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["samo"]):
    from tests.fuzz.readers import READERS, ROOT, check

FOUND = ROOT / "build" / "fuzz"
LONGEST = 64 * 1024


def main() -> None:
    """Does not return: libFuzzer ends the process, with 0 unless it has found something."""
    name, seconds = sys.argv[1], int(sys.argv[2])
    reader, folder = READERS[name], FOUND / name.replace(" ", "-")
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(reader.seeds):
        Path(corpus, f"seed-{number}").write_bytes(seed)
    limits = (f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=20", "-rss_limit_mb=2048")
    arguments = [sys.argv[0], *limits, f"-artifact_prefix={folder}/", "-verbosity=0", "-print_final_stats=1"]
    atheris.Setup([*arguments, str(corpus)], lambda data: check(reader, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
