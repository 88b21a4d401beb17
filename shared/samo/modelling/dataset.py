"""GoEmotions as published: `text <tab> comma-separated label ids <tab> comment id`, and `labels.txt` with one name a line.

Source: Demszky et al. 2020, "GoEmotions: A Dataset of Fine-Grained Emotions", arXiv 2005.00547.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

LABELS_FILE = "labels.txt"
COLUMNS = 3


class InvalidDatasetError(ValueError):
    """A data file cannot be used; the message names the file, the line and the reason, never the text of the row."""


@dataclass(frozen=True)
class Example:
    """One comment and the columns of the labels that its annotators agreed on (at least one)."""

    text: str
    labels: tuple[int, ...]


def read_labels(path: Path) -> tuple[str, ...]:
    """Label names in the order of their ids. Raises `InvalidDatasetError` for a blank or repeated name."""
    names: list[str] = []
    for number, line in enumerate(_lines(path), start=1):
        name = line.strip()
        if not name:
            raise InvalidDatasetError(f"{path.name}, line {number}: the label name is blank")
        if name in names:
            raise InvalidDatasetError(f"{path.name}, line {number}: the label name occurs twice")
        names.append(name)
    if not names:
        raise InvalidDatasetError(f"{path.name}: no label names")
    return tuple(names)


def read_examples(path: Path, label_count: int) -> list[Example]:
    """All rows of a split. Raises `InvalidDatasetError` at the first bad one, so that nothing is trained on the rest."""
    examples = [_parse(line, f"{path.name}, line {number}", label_count) for number, line in enumerate(_lines(path), 1)]
    if not examples:
        raise InvalidDatasetError(f"{path.name}: no rows")
    return examples


def targets(examples: list[Example], label_count: int) -> npt.NDArray[np.bool_]:
    """[N, label_count]: true where the example carries the label."""
    matrix = np.zeros((len(examples), label_count), dtype=np.bool_)
    for row, example in enumerate(examples):
        matrix[row, list(example.labels)] = True
    return matrix


def sample(examples: list[Example], share: float, seed: int) -> list[Example]:
    """A seeded share of the examples, at least one, in their original order."""
    size = max(1, round(share * len(examples)))
    chosen = sorted(random.Random(seed).sample(range(len(examples)), size))
    return [examples[index] for index in chosen]


def _lines(path: Path) -> Iterator[str]:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidDatasetError(f"{path.name}: no such file in the data directory") from error
    for number, line in enumerate(content.removesuffix(b"\n").split(b"\n") if content else [], start=1):
        try:
            yield line.removesuffix(b"\r").decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidDatasetError(f"{path.name}, line {number}: not UTF-8") from None


def _parse(line: str, place: str, label_count: int) -> Example:
    columns = line.split("\t")
    if len(columns) != COLUMNS:
        raise InvalidDatasetError(f"{place}: expected {COLUMNS} tab-separated columns, found {len(columns)}")
    text, ids, _comment = columns
    if not text.strip():
        raise InvalidDatasetError(f"{place}: the text is blank")
    labels: list[int] = []
    for identifier in ids.split(","):
        if not (identifier.isascii() and identifier.isdigit()):
            raise InvalidDatasetError(f"{place}: a label id is not a number")
        label = int(identifier)
        if label >= label_count:
            raise InvalidDatasetError(f"{place}: label id {label} is outside 0 to {label_count - 1}")
        if label in labels:
            raise InvalidDatasetError(f"{place}: label id {label} occurs twice")
        labels.append(label)
    return Example(text=text, labels=tuple(sorted(labels)))
