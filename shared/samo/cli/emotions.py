"""`samo emotions`: the emotions of texts, one a line, as they come in on stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

import click
import msgspec

from samo.domain.emotion import EmotionReading, LabelScore
from samo.domain.errors import TextNotUtf8, TextTooLong
from samo.domain.recording import RecordingRef
from samo.domain.sentences import sentences_of
from samo.domain.transcript import EmptyReason
from samo.domain.written_entry import written_entry
from samo.settings import MAX_TEXT_BYTES
from samo.wiring.engines import open_emotion_reader
from samo.wiring.model_stores import local_models


class LineReading(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints for one line: the reading of an entry without its sentences.

    A line without words has no labels and says so in `empty_reason`.
    """

    labels: tuple[LabelScore, ...]
    journal: tuple[LabelScore, ...]
    ekman: tuple[LabelScore, ...]
    valence: float
    intensity: float
    empty_reason: EmptyReason | None


@click.command()
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="CPU threads.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per line.")
def emotions(*, threads: int, as_json: bool) -> None:
    """Read one text per line from stdin and print the emotions in it, one line each.

    Each line is read as an entry of its own; it is answered before the next one is read.
    """
    reader = open_emotion_reader(local_models(), channel="stable", threads=threads)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for number, text in enumerate(_lines(sys.stdin.buffer), start=1):
        entry = written_entry(text, RecordingRef(bucket="stdin", name="line", generation=number), created_at=now)
        reading = reader.read(sentences_of(entry), entry, created_at=now)
        click.echo(_as_json(reading) if as_json else _as_text(reading))


def _lines(stream: BinaryIO) -> Iterator[str]:
    number = 0
    while line := stream.readline(MAX_TEXT_BYTES + 1):
        number += 1
        if len(line) > MAX_TEXT_BYTES:
            raise TextTooLong(f"line {number} has more than the {MAX_TEXT_BYTES} bytes that are accepted")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            raise TextNotUtf8(f"line {number} is not UTF-8") from None


def _as_json(reading: EmotionReading) -> str:
    line = LineReading(
        labels=reading.labels,
        journal=reading.journal,
        ekman=reading.ekman,
        valence=reading.valence,
        intensity=reading.intensity,
        empty_reason=reading.empty_reason,
    )
    return msgspec.json.encode(line).decode()


def _as_text(reading: EmotionReading) -> str:
    if reading.empty_reason is not None:
        return f"nothing to read ({reading.empty_reason})"
    figures = f"valence {reading.valence:+.2f}  intensity {reading.intensity:.2f}"
    return f"{_scores(reading.labels)}  |  {_scores(reading.journal)}  |  {figures}"


def _scores(scores: Sequence[LabelScore]) -> str:
    return ", ".join(f"{score.label} {score.probability:.2f}" for score in scores) or "–"
