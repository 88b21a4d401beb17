"""Reading GoEmotions: what a row means, and what is said about one that means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from samo.modelling.emotion.dataset import Corpus, Example, read_corpus, read_examples, read_labels, targets
from samo.modelling.errors import DatasetInvalid

SECRET = "what somebody wrote"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with three labels and two small splits."""
    (tmp_path / "labels.txt").write_text("joy\nsadness\nneutral", encoding="utf-8")
    (tmp_path / "train.tsv").write_text("so glad\t0\ta1\nbitter, sweet\t1,0\ta2\nhm\t2\ta3\n", encoding="utf-8")
    (tmp_path / "dev.tsv").write_text("fine\t2\tb1\n", encoding="utf-8")
    return tmp_path


def test_a_corpus_is_two_splits_and_the_labels_in_the_order_of_their_ids(data: Path) -> None:
    """Rows keep their order; label ids are sorted within a row; the comment id is not kept."""
    corpus = read_corpus(data)

    assert corpus.labels == ("joy", "sadness", "neutral")
    assert [Example("so glad", (0,)), Example("bitter, sweet", (0, 1)), Example("hm", (2,))] == corpus.train
    assert [Example("fine", (2,))] == corpus.dev


def test_targets_hold_one_row_per_example_and_one_column_per_label() -> None:
    """A cell is true where the example carries the label."""
    matrix = targets([Example("a", (0, 2)), Example("b", (1,))], label_count=3)

    assert matrix.tolist() == [[True, False, True], [False, True, False]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{SECRET}\t0", "expected 3 tab-separated columns, found 2"),
        (f"{SECRET}\t0\tid\textra", "expected 3 tab-separated columns, found 4"),
        ("", "expected 3 tab-separated columns, found 1"),
        (" \t0\tid", "the text is blank"),
        (f"{SECRET}\t\tid", "a label id is not a number"),
        (f"{SECRET}\t0,\tid", "a label id is not a number"),
        (f"{SECRET}\t-1\tid", "a label id is not a number"),
        (f"{SECRET}\tjoy\tid", "a label id is not a number"),
        (f"{SECRET}\t3\tid", "label id 3 is outside 0 to 2"),
        (f"{SECRET}\t1,1\tid", "label id 1 occurs twice"),
    ],
)
def test_a_bad_row_is_reported_by_file_line_and_reason_without_its_text(tmp_path: Path, row: str, reason: str) -> None:
    """Data files may hold private text; error messages end up in logs."""
    path = tmp_path / "train.tsv"
    path.write_text(f"good\t0\tid\n{row}\nalso good\t1\tid\n", encoding="utf-8")

    with pytest.raises(DatasetInvalid) as caught:
        read_examples(path, label_count=3)

    assert f"train.tsv, line 2: {reason}" == str(caught.value)


def test_a_row_that_is_not_utf8_is_reported_by_its_line(tmp_path: Path) -> None:
    """Bytes are decoded row by row, so that the line is known."""
    path = tmp_path / "dev.tsv"
    path.write_bytes(b"good\t0\tid\ncaf\xe9\t0\tid\n")

    with pytest.raises(DatasetInvalid, match=r"^dev\.tsv, line 2: not UTF-8$"):
        read_examples(path, label_count=3)


def test_unusual_line_separators_inside_a_text_do_not_end_its_row(tmp_path: Path) -> None:
    """Only a newline ends a row; U+2028 and U+0085 are characters that people paste."""
    path = tmp_path / "dev.tsv"
    path.write_text("one\u2028two\u0085three\t0\tid\r\n", encoding="utf-8", newline="")

    examples = read_examples(path, label_count=1)

    assert [Example("one\u2028two\u0085three", (0,))] == examples


def test_a_file_without_rows_is_an_error(tmp_path: Path) -> None:
    """An empty split would train a model on nothing."""
    path = tmp_path / "train.tsv"
    path.touch()

    with pytest.raises(DatasetInvalid, match=r"^train\.tsv: no rows$"):
        read_examples(path, label_count=3)


def test_a_missing_file_is_named(data: Path) -> None:
    """The message names the file, not the machine's path to it."""
    (data / "dev.tsv").unlink()

    with pytest.raises(DatasetInvalid, match=r"^dev\.tsv: no such file in the data directory$"):
        read_corpus(data)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("joy\n\nneutral", "labels.txt, line 2: the label name is blank"),
        ("joy\njoy", "labels.txt, line 2: the label name occurs twice"),
        ("", "labels.txt: no label names"),
    ],
)
def test_label_names_are_present_and_different(tmp_path: Path, content: str, reason: str) -> None:
    """Label names become keys of the manifest's thresholds."""
    path = tmp_path / "labels.txt"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(DatasetInvalid) as caught:
        read_labels(path)

    assert reason == str(caught.value)


def test_a_sample_is_the_same_for_the_same_seed_and_keeps_the_order() -> None:
    """Dev mode must be repeatable, and tells nothing if it holds no row at all."""
    rows = [Example(str(number), (0,)) for number in range(100)]
    corpus = Corpus(("joy",), rows, rows[:3])

    sampled = corpus.sampled(0.05, seed=1)

    numbers = [int(example.text) for example in sampled.train]
    assert (len(sampled.train), len(sampled.dev)) == (5, 1)
    assert sorted(numbers) == numbers
    assert sampled == corpus.sampled(0.05, seed=1)
