"""Aggregations side by side, as Markdown: the tables of `docs/emotion-model.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from samo.modelling.bootstrap import Interval
from samo.modelling.entries.evaluation import EntryEvaluation
from samo.modelling.entries.halves import Spread
from samo.modelling.entries.lengths import LENGTHS


def tables(found: EntryEvaluation) -> str:
    """Four tables: means over the emotions, each emotion, entries of one and more posts, and choices on halves.

    "at 1 / 4 / 16" are entries of so many posts.
    """
    return "\n\n".join([_macro(found), _per_emotion(found), _lengths(found), _halves(found)])


def _macro(found: EntryEvaluation) -> str:
    head = ("aggregation", "ROC-AUC", "− product's", "average precision", "− product's")
    lines = []
    for name, each in found.aggregations.items():
        cells = [_value(each.macro.roc_auc), "", _value(each.macro.average_precision), ""]
        if name != found.product:
            cells[1], cells[3] = _signed(each.above_product.roc_auc), _signed(each.above_product.average_precision)
        lines.append([_name(name, found), *cells])
    return _table(head, lines)


def _per_emotion(found: EntryEvaluation) -> str:
    head = ("ROC-AUC / average precision", *(f"{emotion} ({count})" for emotion, count in found.support.items()))
    lines = []
    for name, each in found.aggregations.items():
        figures = [(one.roc_auc.value, one.average_precision.value) for one in each.per_emotion.values()]
        lines.append([_name(name, found), *(f"{auc:.3f} / {precision:.3f}" for auc, precision in figures)])
    return _table(head, lines)


def _lengths(found: EntryEvaluation) -> str:
    every = " / ".join(map(str, LENGTHS))
    head = (
        "aggregation",
        f"ROC-AUC at {every}",
        *(f"found / false alarms at {length}" for length in LENGTHS),
        f"labels at {every}",
        "labels ~ sentences",
    )
    lines = []
    for name, each in found.aggregations.items():
        figures = list(each.lengths.values())
        cells = (
            " / ".join(f"{one.roc_auc:.3f}" for one in figures),
            *(f"{one.found:.2f} / {one.false_alarms:.2f}" for one in figures),
            " / ".join(f"{one.labels:.1f}" for one in figures),
            f"{each.labels_by_sentences:+.2f}",
        )
        lines.append([_name(name, found), *cells])
    return _table(head, lines)


def _halves(found: EntryEvaluation) -> str:
    halves = found.halves
    above = (*(f"ROC-AUC at {length}" for length in LENGTHS), "found − false alarms")
    lines = []
    for name, by_length in halves.above.items():
        spreads = (*by_length.values(), halves.informedness_above[name])
        lines.append([_name(name, found), f"{halves.chosen[name]} of {halves.choices}", *map(_spread, spreads)])
    return _table(("best on the other half, less", "chosen", *above), lines)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = (f"| {' | '.join(cells)} |" for cells in lines)
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows])


def _name(name: str, found: EntryEvaluation) -> str:
    return f"**{name}** (the product's)" if name == found.product else name


def _value(each: Interval) -> str:
    return f"{each.value:.3f} [{each.low:.3f}, {each.high:.3f}]"


def _signed(each: Interval) -> str:
    return f"{each.value:+.3f} [{each.low:+.3f}, {each.high:+.3f}]"


def _spread(each: Spread) -> str:
    return f"{each.mean:+.3f} ({each.least:+.3f} to {each.most:+.3f})"
