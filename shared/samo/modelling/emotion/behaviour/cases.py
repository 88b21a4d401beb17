"""The cases, one a line in cases.tsv: capability, text, and what must or must not be found in it."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files

import msgspec

from samo.domain.taxonomy import JOURNAL, LABELS

CASES_FILE = "cases.tsv"
KNOWN = frozenset((*LABELS, *JOURNAL))


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A text, and the emotions (GoEmotions or journal) of which one is expected, or none is allowed."""

    capability: str
    text: str
    expected: frozenset[str]
    forbidden: frozenset[str]

    def is_met_by(self, found: Collection[str]) -> bool:
        """Whether a reading that found these emotions is right."""
        return self.forbidden.isdisjoint(found) and (not self.expected or not self.expected.isdisjoint(found))


def read_cases() -> tuple[Case, ...]:
    """All cases, in the order of the file."""
    lines = (files(__package__) / CASES_FILE).read_text(encoding="utf-8").splitlines()
    return tuple(_case(*line.split("\t")) for line in lines)


def _case(capability: str, text: str, expectation: str) -> Case:
    forbidden = expectation.startswith("!")
    names = frozenset(expectation[1:].split(",") if forbidden else expectation.split("|"))
    if unknown := names - KNOWN:
        raise ValueError(f"{CASES_FILE}: no such emotion: {', '.join(sorted(unknown))}")
    nothing: frozenset[str] = frozenset()
    return Case(
        capability=capability,
        text=text,
        expected=nothing if forbidden else names,
        forbidden=names if forbidden else nothing,
    )
