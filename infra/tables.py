"""Write the tables of inputs and outputs into each module's README.md, from the descriptions in its Terraform files.

tables.py            write them
tables.py --check    fail if one is stale
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

MARK = "<!-- written by infra/tables.py -->"

_BLOCK = re.compile(r'^(?P<kind>variable|output) "(?P<name>\w+)" \{\n(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
_DESCRIPTION = re.compile(r'^  description = "(.*)"$', re.MULTILINE)
_TYPE = re.compile(r"^  type\s+= (.*?)(?=^  \w|^$|\Z)", re.MULTILINE | re.DOTALL)
_DEFAULT = re.compile(r"^  default\s+= ", re.MULTILINE)


def readme(module: Path) -> str:
    """The module's README.md as it should be: what stands above the mark, then the tables."""
    text = (module / "README.md").read_text().partition(MARK)[0].rstrip()
    rows = {"variable": list(_rows(module, "variable")), "output": list(_rows(module, "output"))}
    inputs = ["| input | type | required | meaning |", "|---|---|---|---|", *rows["variable"]]
    outputs = ["| output | meaning |", "|---|---|", *rows["output"]]
    return "\n".join([text, "", MARK, "", *inputs, "", *outputs, ""])


def stale(infra: Path) -> list[Path]:
    """The README.md files whose tables do not say what the Terraform files say."""
    modules = sorted(path.parent for path in [*infra.glob("modules/*/README.md"), *infra.glob("bootstrap/README.md")])
    return [module / "README.md" for module in modules if (module / "README.md").read_text() != readme(module)]


def _rows(module: Path, kind: str) -> Iterator[str]:
    for block in _BLOCK.finditer((module / f"{kind}s.tf").read_text()):
        if block["kind"] != kind:
            continue
        cells = [f"`{block['name']}`"]
        if kind == "variable":
            cells += [f"`{_one_line(_only(_TYPE, block))}`", "no" if _DEFAULT.search(block["body"]) else "yes"]
        yield f"| {' | '.join([*cells, _only(_DESCRIPTION, block)])} |"


def _only(pattern: re.Pattern[str], block: re.Match[str]) -> str:
    match = pattern.search(block["body"])
    if match is None:
        raise ValueError(f"{block['kind']} {block['name']} has no line like {pattern.pattern}")
    return match[1]


def _one_line(kind: str) -> str:
    fields = re.sub(r"(?<=[\w)\]])\n\s*(?=\w)", ", ", kind)
    return re.sub(r"\s+", " ", fields).strip()


def main() -> None:
    """Write all tables, or with --check name the stale ones and exit with 1."""
    found = stale(Path(__file__).parent)
    if "--check" in sys.argv[1:]:
        sys.exit("".join(f"{path} is stale: run infra/tables.py\n" for path in found) or 0)
    for path in found:
        path.write_text(readme(path.parent))


if __name__ == "__main__":
    main()
