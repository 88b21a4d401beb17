"""The JSON Schemas in docs/schemas: what consumers code against is what this code writes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from samo.cli.schemas import CONTRACTS, render_schema

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


@pytest.mark.parametrize("name", list(CONTRACTS))
def test_the_committed_schema_is_current(name: str) -> None:
    """`make schemas` writes it anew after a record has changed."""
    assert render_schema(CONTRACTS[name]) == (SCHEMAS / f"{name}.json").read_text(encoding="utf-8"), (
        "run `make schemas`"
    )


def test_no_schema_is_left_of_a_contract_that_is_gone() -> None:
    """One file per contract, and no other."""
    assert set(CONTRACTS) == {path.stem for path in SCHEMAS.glob("*.json")}


@pytest.mark.parametrize("name", list(CONTRACTS))
def test_the_schema_is_a_json_schema(name: str) -> None:
    """Any validator of draft 2020-12 can load it."""
    jsonschema.Draft202012Validator.check_schema(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))
