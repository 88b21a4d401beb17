"""Engines side by side, as Markdown: the tables of `docs/summaries.md`."""

from __future__ import annotations

from collections.abc import Sequence

from samo.modelling.bootstrap import Interval
from samo.modelling.summaries.evaluation import Judgement, difference

_HEAD = (
    "| engine | ROUGE-1 | ROUGE-2 | ROUGE-L | ROUGE-Lsum | coverage | redundancy | compression |\n"
    "|---|---|---|---|---|---|---|---|"
)
_DIFFERENCE_HEAD = "| ROUGE-L | difference | 95 % interval |\n|---|---|---|"


def comparison(judgements: Sequence[Judgement]) -> str:
    """A line for each engine."""
    return "\n".join([_HEAD, *(_line(judgement) for judgement in judgements)])


def differences(of: Judgement, others: Sequence[Judgement]) -> str:
    """How far one engine's ROUGE-L lies above each of the others'."""
    lines = []
    for other in others:
        found = difference(of, other, "rougeL")
        names = f"{of.evaluation.engine} − {other.evaluation.engine}"
        lines.append(f"| {names} | {found.value:+.4f} | [{found.low:+.4f}, {found.high:+.4f}] |")
    return "\n".join([_DIFFERENCE_HEAD, *lines])


def _line(judgement: Judgement) -> str:
    found = judgement.evaluation
    rouge = (_shown(each) for each in (found.rouge1, found.rouge2, found.rougeL, found.rougeLsum))
    covered = "–" if found.coverage is None else f"{found.coverage:.2f}"
    cells = (found.engine, *rouge, covered, f"{found.redundancy:.2f}", f"{found.compression:.2f}")
    return f"| {' | '.join(cells)} |"


def _shown(interval: Interval) -> str:
    return f"{interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
