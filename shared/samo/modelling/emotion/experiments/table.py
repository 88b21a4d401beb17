"""A comparison as the Markdown table of docs/emotion-model.md."""

from __future__ import annotations

from itertools import groupby

from samo.modelling.emotion.experiments.comparison import Comparison, Figure, Row

_HEAD = """\
| {group} | macro-F1 | against the baseline | micro-F1 | calibration error |
|---|---|---|---|---|
"""


def render_table(comparison: Comparison) -> str:
    """One table per group of techniques. `±` is the standard deviation between seeds."""
    note = (
        f"{comparison.train_rows} training rows, {comparison.epochs} epochs, {comparison.dev_rows} dev rows, "
        f"{comparison.rows[0].seeds} seeds.\n\n"
    )
    tables = [
        _HEAD.format(group=group) + "".join(map(_line, rows))
        for group, rows in groupby(comparison.rows, key=lambda row: row.group)
    ]
    return note + "\n".join(tables)


def _line(row: Row) -> str:
    gain = row.gain.mean, row.gain.deviation
    against = f"{gain[0]:+.4f}" + ("" if gain[1] is None else f" ± {gain[1]:.4f}")
    return f"| {row.technique} | {_text(row.macro_f1)} | {against} | {_text(row.micro_f1)} | {_text(row.ece)} |\n"


def _text(figure: Figure) -> str:
    return f"{figure.mean:.4f}" + ("" if figure.deviation is None else f" ± {figure.deviation:.4f}")
