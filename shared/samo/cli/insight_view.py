"""An insight in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from samo.domain.emotion import EmotionReading, SentenceReading
from samo.domain.insight import Insight
from samo.domain.joining import authorship, clock_time

_BARS = "▁▂▃▄▅▆▇█"


def show_insight(console: Console, insight: Insight, *, title: str) -> None:
    """Print what a person wants to know of an entry: how it felt, what it said, and where."""
    # A path that is broken into lines is none that anybody can copy.
    console.print(Text(_heading(title, insight), style="dim"), soft_wrap=True)
    console.print(Padding(Text(insight.headline, style="bold"), (0, 2), expand=False))
    for observation in insight.observations:
        console.print(Padding(Text(observation), (0, 2), expand=False))
    for name, part in sorted(insight.parts.items()):
        if part.status == "failed":
            console.print(Padding(Text(f"{name} failed: {part.code}", style="yellow"), (0, 2), expand=False))
    if "stand_in_engine" in insight.transcript.warnings:
        note = "Transcribed by the stand-in engine pocketsphinx; expect wrong words."
        console.print(Padding(Text(note, style="yellow"), (0, 2), expand=False))
    if advice := insight.transcript.quality and insight.transcript.quality.advice:
        console.print(Padding(Text(advice, style="yellow"), (0, 2), expand=False))
    if "hint_ignored" in insight.transcript.warnings and insight.transcript.hints is not None:
        note = f"Not used: {' and '.join(insight.transcript.hints.ignored)} given for this recording."
        console.print(Padding(Text(note, style="yellow"), (0, 2), expand=False))
    if insight.summary is not None and insight.summary.text:
        console.print(Padding(Text(insight.summary.text, style="italic"), (1, 2, 0, 2), expand=False))
        if author := authorship(insight.summary):
            console.print(Padding(Text(author, style="dim"), (0, 2), expand=False))
    if insight.emotions is not None and insight.emotions.sentences:
        console.print(Padding(_timeline(insight.emotions, _steps(console)), (1, 2), expand=False))


def _heading(title: str, insight: Insight) -> str:
    transcript = insight.transcript
    facts = [title]
    if transcript.audio is not None:
        facts.append(clock_time(transcript.audio.duration_s))
    if transcript.language is not None:
        facts.append(transcript.language)
    if transcript.words_per_minute is not None:
        facts.append(f"{transcript.words_per_minute:.0f} words per minute")
    return " · ".join(facts)


def _timeline(reading: EmotionReading, steps: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(style="magenta", max_width=28)
    for number, sentence in enumerate(reading.sentences, start=1):
        when = clock_time(sentence.start_s) if sentence.start_s is not None else str(number)
        labels = ", ".join(score.label for score in sentence.labels if score.label != "neutral")
        table.add_row(when, _step(sentence, steps), Text(sentence.text), labels)
    return table


def _steps(console: Console) -> str:
    """Eight marks from dark to bright that the console can show."""
    try:
        _BARS.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return "12345678"
    return _BARS


def _step(sentence: SentenceReading, steps: str) -> str:
    """The sentence's valence as a bar, dark at the bottom and bright at the top."""
    return steps[min(int((sentence.valence + 1) / 2 * len(steps)), len(steps) - 1)]
