"""GoEmotions as published: `text <tab> comma-separated label ids <tab> comment id`, and `labels.txt`, a name a line.

Source: Demszky et al. 2020, "GoEmotions: A Dataset of Fine-Grained Emotions", arXiv 2005.00547.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from samo.modelling.data_lines import lines_of
from samo.modelling.errors import DatasetInvalid

LABELS_FILE = "labels.txt"
TRAIN_FILE = "train.tsv"
DEV_FILE = "dev.tsv"
COLUMNS = 3


@dataclass(frozen=True)
class Example:
    """One comment and the columns of the labels that its annotators agreed on (at least one)."""

    text: str
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Corpus:
    """The label names in the order of their ids; the rows to learn from; the rows to choose by."""

    labels: tuple[str, ...]
    train: list[Example]
    dev: list[Example]

    def sampled(self, share: float, seed: int) -> Corpus:
        """The same labels with a seeded share of each split, at least one row, in the original order."""
        return Corpus(self.labels, _sample(self.train, share, seed), _sample(self.dev, share, seed))

    def with_train_share(self, share: float, seed: int) -> Corpus:
        """The same labels and dev rows with a seeded share of the training rows, at least one."""
        return Corpus(self.labels, _sample(self.train, share, seed), self.dev)


def read_corpus(directory: Path) -> Corpus:
    """Read `labels.txt`, `train.tsv` and `dev.tsv`. Raises `DatasetInvalid`."""
    labels = read_labels(directory / LABELS_FILE)
    train, dev = (read_examples(directory / name, len(labels)) for name in (TRAIN_FILE, DEV_FILE))
    return Corpus(labels, train, dev)


def read_labels(path: Path) -> tuple[str, ...]:
    """Label names in the order of their ids. Raises `DatasetInvalid` for a blank or repeated name."""
    names: list[str] = []
    for number, line in enumerate(lines_of(path), start=1):
        name = line.strip()
        if not name:
            raise DatasetInvalid(f"{path.name}, line {number}: the label name is blank")
        if name in names:
            raise DatasetInvalid(f"{path.name}, line {number}: the label name occurs twice")
        names.append(name)
    if not names:
        raise DatasetInvalid(f"{path.name}: no label names")
    return tuple(names)


def read_examples(path: Path, label_count: int) -> list[Example]:
    """All rows of a split. Raises `DatasetInvalid` at the first bad one, so that nothing is trained on the rest."""
    examples = [
        _parse(line, f"{path.name}, line {number}", label_count) for number, line in enumerate(lines_of(path), 1)
    ]
    if not examples:
        raise DatasetInvalid(f"{path.name}: no rows")
    return examples


def targets(examples: list[Example], label_count: int) -> npt.NDArray[np.bool_]:
    """[N, label_count]: true where the example carries the label."""
    matrix = np.zeros((len(examples), label_count), dtype=np.bool_)
    for row, example in enumerate(examples):
        matrix[row, list(example.labels)] = True
    return matrix


def _sample(examples: list[Example], share: float, seed: int) -> list[Example]:
    size = max(1, round(share * len(examples)))
    chosen = sorted(random.Random(seed).sample(range(len(examples)), size))  # noqa: S311  (no secret)
    return [examples[index] for index in chosen]


def _parse(line: str, place: str, label_count: int) -> Example:
    columns = line.split("\t")
    if len(columns) != COLUMNS:
        raise DatasetInvalid(f"{place}: expected {COLUMNS} tab-separated columns, found {len(columns)}")
    text, ids, _comment = columns
    if not text.strip():
        raise DatasetInvalid(f"{place}: the text is blank")
    labels: list[int] = []
    for identifier in ids.split(","):
        if not (identifier.isascii() and identifier.isdigit()):
            raise DatasetInvalid(f"{place}: a label id is not a number")
        label = int(identifier)
        if label >= label_count:
            raise DatasetInvalid(f"{place}: label id {label} is outside 0 to {label_count - 1}")
        if label in labels:
            raise DatasetInvalid(f"{place}: label id {label} occurs twice")
        labels.append(label)
    return Example(text=text, labels=tuple(sorted(labels)))
