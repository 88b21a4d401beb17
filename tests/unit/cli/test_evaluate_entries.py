"""`samo evaluate entries` with the shipped emotion model on entries of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samo.cli.main import main
from samo.modelling.entries.aggregations import AGGREGATIONS, PRODUCT

ENTRIES = (
    {"text": "I am so happy. We danced all night.", "emotions": ["joy", "trust"], "summary": ["Happy."]},
    {"text": "I am furious with my landlord. He lied to me. The tram was full.", "emotions": ["anger", "disgust"]},
    {"text": "I miss my brother terribly, I am so sad. It rained.", "emotions": ["sadness"]},
    {"text": "I was so afraid of the interview that I could not sleep.", "emotions": ["fear", "anticipation"]},
    {"text": "The shop was nearly empty. I bought milk and bread.", "emotions": ["NA"]},
)


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the bundled models are there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SAMO_MODELS", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The entries as a file."""
    path = tmp_path / "entries.jsonl"
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in ENTRIES), encoding="utf-8")
    return path


def evaluate(data: Path, *options: str) -> Result:
    """The command on a file."""
    return CliRunner().invoke(main, ["evaluate", "entries", "--data", str(data), *options])


def test_json_holds_every_figure(data: Path) -> None:
    """On stdout nothing but the document, on stderr how far it is."""
    result = evaluate(data, "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (found["n"], found["product"], list(found["aggregations"])) == (5, PRODUCT, list(AGGREGATIONS))
    assert found["model"].startswith("minilm")
    assert found["support"] == {"anger": 1, "disgust": 1, "fear": 1, "joy": 1, "sadness": 1}
    product = found["aggregations"][PRODUCT]
    assert (
        dict.fromkeys(("anger", "fear", "joy", "sadness"), 1.0).items()
        <= {emotion: ranking["roc_auc"]["value"] for emotion, ranking in product["per_emotion"].items()}.items()
    )
    assert list(product["lengths"]) == ["1", "4", "16"]
    assert "emotions of the entries" in result.stderr
    assert "5/5" in result.stderr


def test_without_json_there_are_tables(data: Path) -> None:
    """As Markdown, with the product's aggregation in bold; they say the same as the document."""
    document = json.loads(evaluate(data, "--json").stdout)

    lines = evaluate(data).stdout.splitlines()

    figure = document["aggregations"]["maximum"]["macro"]["roc_auc"]
    assert lines[0] == f"{document['model']} on 5 entries"
    assert f"| maximum | {figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}] |" in "\n".join(lines)
    assert sum(line.startswith(f"| **{PRODUCT}** (the product's) |") for line in lines) == 4


def test_a_bad_row_ends_it_with_file_line_and_reason(data: Path) -> None:
    """Never with the text."""
    data.write_text('{"text": "fine", "emotions": ["joy"]}\n{"text": "nobody knows"}\n', encoding="utf-8")

    result = evaluate(data)

    reason = 'expected {"text": string, "emotions": array of strings}'
    assert result.exit_code == 1
    assert result.stderr == f"Error: entries.jsonl, line 2: {reason}\n"


def test_entries_that_all_have_the_same_emotions_cannot_be_told_apart(data: Path) -> None:
    """Figures of nothing would be made up."""
    data.write_text('{"text": "fine", "emotions": ["joy"]}\n', encoding="utf-8")

    result = evaluate(data)

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: entries.jsonl: no emotion of Ekman's that some entries have")
