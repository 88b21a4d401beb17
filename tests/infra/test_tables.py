"""The tables in the modules' README.md say what the Terraform files say."""

from __future__ import annotations

import re

import pytest

from infra.tables import stale
from tests.infra.applied import INFRA

MODULES = ["bootstrap", *(f"modules/{path.name}" for path in sorted(INFRA.glob("modules/*")))]


def test_the_tables_are_fresh() -> None:
    """Run `infra/tables.py` after a change of a variable or an output."""
    assert not stale(INFRA)


@pytest.mark.parametrize("module", MODULES)
def test_every_input_and_output_is_described_and_in_alphabetical_order(module: str) -> None:
    """So that a reader finds it, and two people who add one do not conflict."""
    for kind in ("variable", "output"):
        text = (INFRA / module / f"{kind}s.tf").read_text()
        blocks = re.findall(rf'^{kind} "(\w+)" \{{\n  description = "', text, re.MULTILINE)

        assert blocks == sorted(blocks)
        assert len(blocks) == len(re.findall(rf"^{kind} ", text, re.MULTILINE))
