"""`python -m tests.soak`: the emotion function under load; exit 1 if a bound is broken."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from samo.local.functions import CONCURRENCY
from tests.soak.highest_rate import highest_rate
from tests.soak.service import emotion_service
from tests.soak.trial import MAX_P95_MS, Trial, run_trial

_console = Console(stderr=True)


def main() -> int:
    """Soak, or search for the highest rate, and print the figures."""
    options = _options()
    numbers = itertools.count()

    with tempfile.TemporaryDirectory(prefix="samo-soak-") as folder:
        service = emotion_service(
            Path(folder, "service"), store=options.store, processes=options.processes, threads=options.threads
        )
        with service as emotion:

            def run(per_minute: float) -> Trial:
                number = next(numbers)
                with _console.status(f"{per_minute:.0f} requests a minute for {options.seconds:.0f} s"):
                    trial = run_trial(
                        emotion,
                        f"run-{number}",
                        per_minute=per_minute,
                        seconds=options.seconds,
                        arrivals=options.arrivals,
                        seed=options.seed + number,
                    )
                _console.print(f"{per_minute:.0f}/min: p95 {trial.p95_ms:.0f} ms, {trial.errors} errors")
                return trial

            trials = highest_rate(run, start=options.rate) if options.search else [run(options.rate)]
    held = max((trial.per_minute for trial in trials if not trial.broken_bounds), default=0.0)
    if options.json:
        setup = {key: getattr(options, key) for key in ("store", "processes", "threads", "arrivals", "seed")}
        report = {**setup, "cpus": os.cpu_count(), "held_per_minute": held, "trials": trials}
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _print(trials, held)
    judged = held < options.rate if options.search else bool(trials[0].broken_bounds)
    return 1 if judged else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=main.__doc__)
    parser.add_argument("--rate", type=float, default=1000.0, help="requests per minute (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=600.0, help="length of each run (default: %(default)s)")
    parser.add_argument("--search", action="store_true", help="raise the rate until p95 or a request is lost")
    parser.add_argument("--store", choices=["directory", "gcs"], default="directory")
    parser.add_argument("--processes", type=int, default=2, help="instances (default: %(default)s)")
    parser.add_argument(
        "--threads", type=int, default=CONCURRENCY["emotion"], help="requests at once in each (default: %(default)s)"
    )
    parser.add_argument("--arrivals", choices=["poisson", "constant"], default="poisson")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one object on stdout")
    return parser.parse_args()


def _print(trials: list[Trial], held: float) -> None:
    table = Table("per minute", "sent", "errors", "p50 ms", "p95 ms", "p99 ms", "MB/min (± s.e.)", "beyond its bound")
    for trial in trials:
        growth = ", ".join(f"{g.mb_per_minute:.2f} ± {g.standard_error:.2f}" for g in trial.growth)
        figures = (f"{trial.p50_ms:.0f}", f"{trial.p95_ms:.0f}", f"{trial.p99_ms:.0f}", growth)
        errors = str(trial.errors + trial.missing)
        table.add_row(f"{trial.per_minute:.0f}", str(trial.sent), errors, *figures, "; ".join(trial.broken_bounds))
    out = Console()
    out.print(table)
    out.print(f"highest rate held with p95 ≤ {MAX_P95_MS:.0f} ms in these runs: {held:.0f} a minute")


if __name__ == "__main__":
    sys.exit(main())
