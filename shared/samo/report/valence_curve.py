"""The mood over the entry as a curve."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from samo.domain.emotion import SentenceReading

WIDTH, HEIGHT, MARGIN = 720, 160, 12


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence on the curve, in pixels of the drawing, with the label to show for it."""

    x: float
    y: float
    label: str
    sentence: int


class ValenceCurve(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing of `width` × `height` pixels; `path` is SVG path data through the points."""

    width: int
    height: int
    path: str
    points: tuple[CurvePoint, ...]


def draw_valence_curve(sentences: Sequence[SentenceReading]) -> ValenceCurve | None:
    """Valence (+1 at the top) over time, or over the order in a written entry; None below two sentences."""
    if len(sentences) < 2:
        return None
    places = _places(sentences)
    points = tuple(
        CurvePoint(
            x=round(MARGIN + place * (WIDTH - 2 * MARGIN), 1),
            y=round(MARGIN + (1 - sentence.valence) / 2 * (HEIGHT - 2 * MARGIN), 1),
            label=sentence.labels[0].label if sentence.labels else "no emotion stands out",
            sentence=number,
        )
        for number, (place, sentence) in enumerate(zip(places, sentences, strict=True), start=1)
    )
    path = "M" + " L".join(f"{point.x} {point.y}" for point in points)
    return ValenceCurve(width=WIDTH, height=HEIGHT, path=path, points=points)


def _places(sentences: Sequence[SentenceReading]) -> list[float]:
    """Where each sentence lies between the first (0) and the last (1)."""
    times = [sentence.start_s for sentence in sentences if sentence.start_s is not None]
    if len(times) == len(sentences) and times[-1] > times[0]:
        return [(time - times[0]) / (times[-1] - times[0]) for time in times]
    return [number / (len(sentences) - 1) for number in range(len(sentences))]
