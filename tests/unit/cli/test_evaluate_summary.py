"""`samo evaluate summary` with the shipped emotion model on three entries of our own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samo.cli.main import main

ENTRIES = (
    {
        "text": "I could not sleep, I was so afraid of the interview. The train stood still and nobody told us why. "
        "I was furious with myself for not taking the earlier one. Lunch was pasta. The tram was full, as always. "
        "Then they called, and I have the job. I stood on the bridge and cried, I was so happy.",
        "summary": ["I was afraid of the interview, and so happy when I got the job.", "A day with an interview."],
    },
    {
        "text": "My brother is in hospital again and I am so sad. I bought milk and bread. The shop was nearly empty. "
        "I called him, and we laughed about the soup there. I miss him terribly. It rained all day long.",
        "summary": "I am sad and miss my brother, who is in hospital.",
    },
    {"text": "Tired.", "summary": "I am tired.", "emotions": ["sadness"]},
)


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the bundled models are there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SAMO_MODELS", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The three entries as a file."""
    path = tmp_path / "entries.jsonl"
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in ENTRIES), encoding="utf-8")
    return path


def evaluate(data: Path, *options: str) -> Result:
    """The command on a file."""
    return CliRunner().invoke(main, ["evaluate", "summary", "--data", str(data), *options])


@pytest.mark.parametrize("engine", ["extractive", "lead3", "textrank", "centroid"])
def test_json_holds_every_figure(data: Path, engine: str) -> None:
    """On stdout nothing but the document, on stderr how far it is."""
    result = evaluate(data, "--engine", engine, "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (found["engine"], found["model"], found["n"], found["fallbacks"]) == (engine, None, 3, {})
    assert found["emotion_model"].startswith("minilm")
    for measure in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
        assert 0 <= found[measure]["low"] <= found[measure]["value"] <= found[measure]["high"] <= 1
    for share in ("coverage", "redundancy", "compression"):
        assert 0 <= found[share] <= 1
    assert f"summaries by {engine}" in result.stderr
    assert "3/3" in result.stderr


def test_without_json_a_person_reads_the_same(data: Path) -> None:
    """A line for each figure."""
    document = json.loads(evaluate(data, "--json").stdout)

    lines = evaluate(data).stdout.splitlines()

    assert lines[0] == "extractive on 3 entries"
    assert lines[1].split()[:2] == ["rouge1", f"{document['rouge1']['value']:.3f}"]
    assert lines[-1].split() == ["compression", f"{document['compression']:.3f}"]


def test_all_engines_side_by_side(data: Path) -> None:
    """Ours first, then the baselines, then how far ours lies above each; T5 only where there is a version."""
    result = evaluate(data, "--engine", "all")

    rows = [line.split(" | ")[0].removeprefix("| ") for line in result.stdout.splitlines() if line.startswith("| ")]
    assert rows == [
        "engine", "extractive", "lead3", "textrank", "centroid",
        "ROUGE-L", "extractive − lead3", "extractive − textrank", "extractive − centroid",
    ]  # fmt: skip
    assert "t5 is left out: no model for summarization" in result.stderr


def test_all_engines_as_json_are_an_array(data: Path) -> None:
    """One document for each engine."""
    found = json.loads(evaluate(data, "--engine", "all", "--json").stdout)

    assert [each["engine"] for each in found] == ["extractive", "lead3", "textrank", "centroid"]


def test_t5_without_a_version_is_refused_and_not_replaced(data: Path) -> None:
    """Figures of extractive summaries under T5's name would be a lie."""
    result = evaluate(data, "--engine", "t5")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: no model for summarization")
    assert result.stdout == ""


def test_a_bad_row_ends_it_with_file_line_and_reason(data: Path) -> None:
    """Never with the text."""
    data.write_text('{"text": "fine", "summary": "fine"}\n{"text": "nobody knows"}\n', encoding="utf-8")

    result = evaluate(data)

    reason = 'expected {"text": string, "summary": string or array of strings}'
    assert result.exit_code == 1
    assert result.stderr == f"Error: entries.jsonl, line 2: {reason}\n"


def test_fewer_entries_than_folds_cannot_be_split(data: Path) -> None:
    """Rather than a mean of nothing."""
    data.write_text("".join(data.read_text().splitlines(keepends=True)[:1]))

    result = CliRunner().invoke(main, ["evaluate", "lengths-and-weights", "--data", str(data)])

    assert result.exit_code == 1
    assert "1 entries cannot be split into 5 folds" in result.stderr


def test_without_the_extra_one_line_says_what_to_install(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ROUGE library is in no deployed function and in no plain installation."""
    for module in list(sys.modules):
        if module.startswith(("samo.modelling", "rouge_score.")):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "rouge_score", None)

    result = evaluate(data)

    [line] = result.stderr.splitlines()
    assert result.exit_code == 1
    assert line.startswith("Error: judging summaries needs rouge_score")
    assert line.endswith("install the extra with `pip install 'samo[evaluation]'`")
