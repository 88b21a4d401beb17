"""`python -m tests.chaos.table REPORT.json`: the tables of docs/reliability.md from what `--json` wrote.

With `--into FILE` they take the place of those in FILE, between their markers; without, they go to stdout.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tests.chaos.kinds import KINDS
from tests.chaos.outcomes import OUTCOMES
from tests.chaos.report import ROWS, Report


def tables(reports: Sequence[Report]) -> Mapping[str, str]:
    """`figures` and `faults`, as Markdown with a column for each run."""
    seeds = [f"seed {report.seed}" for report in reports]
    figures = [[name, *(figure(report) for report in reports)] for name, figure in ROWS.items()]
    faults = [
        [name, kind.says, OUTCOMES[name], *(str(report.faults[name]) for report in reports)]
        for name, kind in KINDS.items()
    ]
    return {
        "figures": _markdown(["", *seeds], figures),
        "faults": _markdown(["fault", "what happens", "what comes of it", *seeds], faults),
    }


def put_into(page: str, name: str, table: str) -> str:
    """The page with the table between `<!-- chaos NAME -->` and `<!-- end -->`. Raises `ValueError` without them."""
    pattern = re.compile(rf"(<!-- chaos {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"no place for the table of {name}")
    return pattern.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", page)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> int:
    """Render."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.table", description=__doc__)
    parser.add_argument("reports", type=Path)
    parser.add_argument("--into", type=Path)
    options = parser.parse_args()
    rendered = tables(msgspec.json.decode(options.reports.read_bytes(), type=list[Report]))
    if options.into is None:
        sys.stdout.write("\n\n".join(rendered.values()) + "\n")
        return 0
    page = options.into.read_text()
    for name, table in rendered.items():
        page = put_into(page, name, table)
    options.into.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
