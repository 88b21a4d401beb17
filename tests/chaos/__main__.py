"""`make chaos`: run seeds, print what came of them, exit 1 if anything was lost, twice, wrong, or never went wrong."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console

from samo.local.errors import LocalStackError
from tests.chaos.report import Report, faults_table, figures_table
from tests.chaos.run import run_chaos


def main() -> int:
    """0 if every promise was kept, 1 if one was broken or a fault never came about, 2 without the emulator."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, action="append", help="may be given several times; 1, 2 and 3 without")
    parser.add_argument("--recordings", type=int, default=1000, help="for each seed (default: 1000)")
    parser.add_argument("--json", type=Path, help="write the reports to this file as well")
    parser.add_argument("--keep", type=Path, help="an empty folder for logs and objects, kept afterwards")
    options = parser.parse_args()
    console, progress = Console(), Console(stderr=True)
    reports: list[Report] = []
    with tempfile.TemporaryDirectory(prefix="samo-chaos-") as scratch:
        for seed in options.seed or [1, 2, 3]:
            folder = (options.keep or Path(scratch)) / f"seed-{seed}"
            try:
                reports.append(
                    run_chaos(folder, seed=seed, recordings=options.recordings, say=lambda line: progress.print(line))
                )
            except LocalStackError as error:
                progress.print(str(error))
                return 2
            if options.json is not None:  # after each: the next seed takes half an hour
                options.json.write_bytes(msgspec.json.format(msgspec.json.encode(reports), indent=2) + b"\n")
    console.print(figures_table(reports))
    console.print(faults_table(reports))
    for report in reports:
        for finding in report.findings:
            console.print(f"seed {report.seed}: {finding}", highlight=False, soft_wrap=True)
        for kind in report.never_happened:
            console.print(f"seed {report.seed}: never came about: {kind}", highlight=False)
    return 0 if all(report.kept for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
