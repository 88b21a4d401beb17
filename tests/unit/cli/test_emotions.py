"""`samo emotions`: one line in, one line out, with the model that ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samo.cli.main import main
from samo.settings import MAX_TEXT_BYTES


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the bundled models are there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SAMO_MODELS", raising=False)


def emotions(text: str | bytes, *options: str) -> Result:
    """The command on what comes in."""
    return CliRunner().invoke(main, ["emotions", *options], input=text)


def test_each_line_is_answered_in_its_order() -> None:
    """A last line without a newline counts."""
    result = emotions("I am so happy today!\nI hate everything about this.", "--json")

    happy, angry = map(json.loads, result.stdout.splitlines())
    assert happy["labels"][0]["label"] == "joy"
    assert 0.5 < happy["labels"][0]["probability"] <= 1.0
    assert happy["journal"][0]["label"] == "happy"
    assert happy["valence"] > 0.3 > -0.3 > angry["valence"]
    assert 0.0 < angry["intensity"] <= 1.0


@pytest.mark.parametrize("blank", ["", "   ", "\u200b"])
def test_a_line_without_words_is_empty_and_says_so(blank: str) -> None:
    """Never "neutral"."""
    result = emotions(f"{blank}\nI am so happy!\n", "--json")

    empty, happy = map(json.loads, result.stdout.splitlines())
    assert (empty["labels"], empty["journal"], empty["empty_reason"]) == ([], [], "blank_text")
    assert (empty["valence"], empty["intensity"]) == (0.0, 0.0)
    assert happy["empty_reason"] is None


def test_without_json_a_person_can_read_it() -> None:
    """Labels, journal emotions, valence and intensity."""
    result = emotions("I am so happy today!\n\n")

    first, second = result.stdout.splitlines()
    assert first.startswith("joy 0.")
    assert "happy 0." in first
    assert "valence +0." in first
    assert second == "nothing to read (blank_text)"


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        (b"fine\n\xff\xfe\n", "Error: line 2 is not UTF-8\n"),
        (b"a" * (MAX_TEXT_BYTES + 1), f"Error: line 1 has more than the {MAX_TEXT_BYTES} bytes that are accepted\n"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(stdin: bytes, message: str) -> None:
    """And what came before it is answered."""
    result = emotions(stdin)

    assert result.exit_code == 1
    assert result.stderr == message
    assert len(result.stdout.splitlines()) == stdin.count(b"fine")


def test_nothing_in_nothing_out() -> None:
    """An empty file is no error."""
    result = emotions("")

    assert (result.exit_code, result.stdout) == (0, "")
