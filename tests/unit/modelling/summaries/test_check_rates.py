"""The check of a model's words on cases of our own, and how its rates are counted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from samo.cli.main import main
from samo.modelling.errors import DatasetInvalid
from samo.modelling.summaries.faithfulness import rates, read_pairs

CASES = Path(__file__).parents[3] / "golden" / "faithfulness.jsonl"

# Of each kind at least so many are refused; what remains is told in docs/summaries.md.
LEAST_CAUGHT = 0.85
MOST_FALSE_ALARMS = 0.05


def test_the_cases_are_many_and_of_many_kinds() -> None:
    """So that a rate says something: 53 paraphrases, and no kind with fewer than seven."""
    pairs = read_pairs(CASES)

    kinds = Counter(pair.kind for pair in pairs if not pair.faithful)
    assert sum(pair.faithful for pair in pairs) >= 40
    assert sum(kinds.values()) >= 80
    assert min(kinds.values()) >= 7


def test_each_kind_of_invention_is_caught_and_paraphrases_stand() -> None:
    """By the rates that `samo evaluate faithfulness` prints."""
    for rate in rates(read_pairs(CASES)):
        if rate.faithful:
            assert rate.refused <= MOST_FALSE_ALARMS, rate
        else:
            assert rate.refused >= LEAST_CAUGHT, rate


def test_references_without_a_verdict_stand_beside_the_entrys_own_sentences(tmp_path: Path) -> None:
    """Data made for ROUGE serves as it is: every reference is a pair, and the first three sentences are another."""
    text = "I was sad. Ben called. We laughed. Then it rained."
    path = tmp_path / "entries.jsonl"
    path.write_text(json.dumps({"text": text, "summary": ["Ben called.", "Tom came."]}) + "\n", encoding="utf-8")

    result = CliRunner().invoke(main, ["evaluate", "faithfulness", "--data", str(path), "--json"])

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == [
        {"kind": "reference", "faithful": True, "n": 2, "refused": 0.5, "reasons": {"unfaithful_name": 1}},
        {"kind": "lead3", "faithful": True, "n": 1, "refused": 0.0, "reasons": {}},
    ]


@pytest.mark.parametrize("line", ["not json", '{"text": "secret"}', '{"text": "secret", "summary": 3}', ""])
def test_a_bad_row_is_named_without_its_text(tmp_path: Path, line: str) -> None:
    """It may be somebody's entry."""
    path = tmp_path / "entries.jsonl"
    path.write_text(line, encoding="utf-8")

    with pytest.raises(DatasetInvalid, match=r"^entries\.jsonl") as refused:
        read_pairs(path)

    assert "secret" not in str(refused.value)
