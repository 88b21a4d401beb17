"""How often the check of a model's words catches what is wrong, and how often it refuses what is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from samo.domain.sentences import written_sentences
from samo.domain.summary import FallbackReason
from samo.inference.summarizer.faithfulness import unfaithful
from samo.modelling.data_lines import json_rows

LEAD = 3


class CheckedPair(msgspec.Struct, frozen=True, kw_only=True):
    """A text that could be a summary of an entry, and whether it may stand."""

    text: str
    summary: str
    kind: str
    faithful: bool


class CheckRate(msgspec.Struct, frozen=True, kw_only=True):
    """Of the `n` pairs of one kind: the share that the check refuses. Right is 0 for what is faithful, else 1.

    `reasons` counts the refused by the first reason that was found.
    """

    kind: str
    faithful: bool
    n: int
    refused: float
    reasons: dict[FallbackReason, int]


class _Row(msgspec.Struct, frozen=True):
    text: str
    summary: str | list[str]
    kind: str = "reference"
    faithful: bool = True


_EXPECTED = '{"text": string, "summary": string or array, "kind": string, "faithful": boolean}'


def read_pairs(path: Path) -> list[CheckedPair]:
    """Rows `{"text", "summary", "kind", "faithful"}`; of rows without a verdict, references are taken as faithful.

    Those have a second pair each, of the kind `lead3`: the entry's own first three sentences, which are faithful for
    certain. Raises `DatasetInvalid`, naming the line, never its text.
    """
    pairs: list[CheckedPair] = []
    for _, row in json_rows(path, _Row, expected=_EXPECTED):
        summaries = [row.summary] if isinstance(row.summary, str) else row.summary
        pairs.extend(CheckedPair(text=row.text, summary=s, kind=row.kind, faithful=row.faithful) for s in summaries)
        if row.kind == "reference":
            lead = " ".join(written_sentences(row.text)[:LEAD])
            pairs.append(CheckedPair(text=row.text, summary=lead, kind="lead3", faithful=True))
    return pairs


def rates(pairs: Sequence[CheckedPair]) -> list[CheckRate]:
    """By kind, in the order of the data."""
    judged: dict[tuple[str, bool], list[FallbackReason | None]] = {}
    for pair in pairs:
        judged.setdefault((pair.kind, pair.faithful), []).append(unfaithful(pair.summary, pair.text))
    found = []
    for (kind, faithful), verdicts in judged.items():
        reasons = Counter(verdict for verdict in verdicts if verdict is not None)
        share = reasons.total() / len(verdicts)
        found.append(CheckRate(kind=kind, faithful=faithful, n=len(verdicts), refused=share, reasons=dict(reasons)))
    return found
