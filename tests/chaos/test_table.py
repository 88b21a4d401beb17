"""The tables of docs/reliability.md are those that the suite prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.kinds import KINDS
from tests.chaos.outcomes import OUTCOMES
from tests.chaos.report import ROWS
from tests.chaos.table import put_into

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def test_every_kind_has_its_outcome() -> None:
    """No fault without one, and none of a fault that is no more."""
    assert list(OUTCOMES) == list(KINDS)


def test_the_page_has_every_figure_and_every_fault() -> None:
    """As the suite names them today; the figures are of the last release."""
    page = PAGE.read_text(encoding="utf-8")

    for name, kind in KINDS.items():
        assert f"| {name} | {kind.says} | {OUTCOMES[name]} |" in page
    for name in ROWS:
        assert f"| {name} |" in page


def test_tables_take_the_place_of_those_before() -> None:
    """And nothing around them changes."""
    page = put_into("a\n<!-- chaos figures -->\nold\n<!-- end -->\nb", "figures", "new")

    assert page == "a\n<!-- chaos figures -->\n\nnew\n\n<!-- end -->\nb"
    with pytest.raises(ValueError, match="no place"):
        put_into(page, "faults", "new")
