"""`samo evaluate transcription` on two recordings of a person reading, with the stand-in and, where it is, Whisper."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samo.adapters.directory import DirectoryStore
from samo.cli.main import main
from samo.inference.model_store.publishing import publish
from samo.modelling.transcripts.errors import errors_of, normalised
from samo.modelling.transcripts.examples import read_spoken_examples
from tests.audio.clips import DEMO, SHORT
from tests.fixtures.random_whisper import random_whisper
from tests.unit.inference.speech.given_whisper import whisper_manifest

WEIGHTS = os.environ.get("SAMO_WHISPER_DIR")


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the bundled models are there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SAMO_MODELS", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Both recordings with what is said in them, one by a path relative to the file."""
    (tmp_path / "short.wav").symlink_to(SHORT.path)
    rows = ({"audio": "short.wav", "text": SHORT.text, "speaker": 1}, {"audio": str(DEMO.path), "text": DEMO.text})
    path = tmp_path / "spoken.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def evaluate(data: Path, *options: str) -> Result:
    """The command on a file."""
    return CliRunner().invoke(main, ["evaluate", "transcription", "--data", str(data), *options])


def with_whisper(folder: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish these weights where the command looks for them."""
    publish(DirectoryStore(models), folder, whisper_manifest(folder, version="whisper-1"), channel="stable")
    monkeypatch.setenv("SAMO_MODELS", str(models))


def test_the_manifest_of_the_repository_holds_both_recordings() -> None:
    """The one that docs/transcription.md names; each clip with its own words."""
    examples = read_spoken_examples(SHORT.path.parent / "spoken.jsonl")

    assert [(each.audio.resolve(), each.text) for each in examples] == [
        (clip.path.resolve(), clip.text) for clip in (SHORT, DEMO)
    ]


def test_json_holds_every_figure(data: Path) -> None:
    """On stdout nothing but the document."""
    result = evaluate(data, "--speech-engine", "pocketsphinx", "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(found) == {"wer", "cer", "n", "audio_s", "rtf", "engine", "model"}
    assert (found["n"], found["engine"], found["model"]) == (2, "pocketsphinx", None)
    assert found["audio_s"] == pytest.approx(31.7, abs=0.1)
    assert found["rtf"] > 0
    for rate in (found["wer"], found["cer"]):
        assert 0 < rate["low"] <= rate["value"] <= rate["high"] < 0.5


def test_without_json_a_person_reads_the_same(data: Path) -> None:
    """A line for each figure."""
    document = json.loads(evaluate(data, "--speech-engine", "pocketsphinx", "--json").stdout)

    lines = evaluate(data, "--speech-engine", "pocketsphinx").stdout.splitlines()

    assert lines[0] == "pocketsphinx on 2 recordings, 31.7 s"
    assert lines[1].split()[:2] == ["WER", f"{document['wer']['value']:.3f}"]
    assert [line.split()[0] for line in lines[2:]] == ["CER", "RTF"]


def test_whisper_is_judged_by_its_version(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights get every word wrong, and are named."""
    with_whisper(random_whisper(tmp_path / "whisper"), tmp_path / "models", monkeypatch)

    found = json.loads(evaluate(data, "--json", "--language", "en").stdout)

    assert (found["engine"], found["model"]) == ("ctranslate2", "whisper-1")
    assert found["wer"]["value"] > 0.9


@pytest.mark.skipif(WEIGHTS is None, reason="needs Whisper weights: set SAMO_WHISPER_DIR to a faster-whisper folder")
def test_real_weights_get_nine_words_in_ten_right(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who reads clearly."""
    with_whisper(Path(WEIGHTS or ""), tmp_path / "models", monkeypatch)

    assert json.loads(evaluate(data, "--json").stdout)["wer"]["value"] <= 0.1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"audio": "short.wav"}', 'expected {"audio": path, "text": string}'),
        ('{"audio": 7, "text": "secret"}', 'expected {"audio": path, "text": string}'),
        ("secret", "not JSON"),
        ('{"audio": "short.wav", "text": " … "}', "the text holds no word"),
        ('{"audio": "secret.wav", "text": "secret"}', "there is no such audio file"),
        ('{"audio": "secret\\u0000.wav", "text": "secret"}', "there is no such audio file"),
        (f'{{"audio": "{"a" * 5000}", "text": "secret"}}', "there is no such audio file"),
    ],
)
def test_a_bad_row_ends_it_with_file_line_and_reason(data: Path, row: str, reason: str) -> None:
    """Before anything is transcribed, and never with the text."""
    data.write_text(f"{data.read_text().splitlines()[0]}\n{row}\n", encoding="utf-8")

    result = evaluate(data, "--speech-engine", "pocketsphinx")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: spoken.jsonl, line 2: {reason}\n"


def test_audio_that_cannot_be_read_ends_it_with_its_line(data: Path, tmp_path: Path) -> None:
    """With the named error."""
    (tmp_path / "letter.wav").write_text("Dear diary, secret.")
    data.write_text('{"audio": "letter.wav", "text": "words"}\n', encoding="utf-8")

    result = evaluate(data, "--speech-engine", "pocketsphinx")

    assert result.exit_code == 1
    assert "spoken.jsonl, line 1: audio_unreadable: " in result.stderr
    assert "secret" not in result.stderr


def test_an_unknown_language_is_a_wrong_option(data: Path) -> None:
    """As for `samo process`."""
    assert evaluate(data, "--language", "klingon").exit_code == 2


@pytest.mark.parametrize(
    ("said", "heard", "language", "word_errors", "words"),
    [
        ("mister Dashwood", "Mr. Dashwood!", "en", 0, 2),
        ("he is ill-disposed", "he's ill disposed", "en", 0, 4),
        ("twenty two", "22", "en", 0, 1),
        ("the colour", "The color.", "en", 0, 2),
        ("Où est-il ?", "où est il", "fr", 0, 3),
        ("a b c d", "a x c", "fr", 2, 4),
        ("a b", "", "fr", 2, 2),
        ("a", "a b c", "fr", 2, 1),
    ],
)
def test_only_the_words_count(said: str, heard: str, language: str, word_errors: int, words: int) -> None:
    """Whisper's normaliser forgives spelling; what is left is counted."""
    errors = errors_of(said, heard, language=language)

    assert (errors.word_errors, errors.words) == (word_errors, words)


def test_characters_are_counted_after_the_same_normaliser() -> None:
    """One letter of nine."""
    errors = errors_of("Well done!", "well gone", language=None)

    assert (errors.character_errors, errors.characters) == (1, len(normalised("Well done!", language=None)))
