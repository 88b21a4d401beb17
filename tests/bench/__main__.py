"""Run every benchmark and print one table: what was measured, the figure, and the bound it is held against."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.cold_start import measure_first_event, measure_imports
from tests.bench.figures import Figure
from tests.bench.stage_overhead import measure_stage_overhead


def main() -> int:
    """Print the figures; exit 1 if one is beyond its bound."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="samo-bench-") as folder, Console(stderr=True).status("measuring"):
        figures = [
            *measure_imports(),
            *measure_first_event(Path(folder, "first-event")),
            *measure_stage_overhead(Path(folder, "overhead")),
        ]
    console.print(_table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


def _table(figures: list[Figure]) -> Table:
    table = Table("measured", "figure", "bound", "")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:.0f} {figure.unit}",
            f"≤ {figure.bound:.0f} {figure.unit}",
            "" if figure.holds else "BEYOND",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
