"""What a command is busy with: a moving line on a terminal, plain lines elsewhere, and only for what takes a while."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from samo.cli.activity import PlainLines, StatusLine, shown_on


class AwaitedStream(io.StringIO):
    """A file that lets somebody wait for a whole line."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed = threading.Event()

    def flush(self) -> None:
        """The line is there."""
        self.flushed.set()


@pytest.fixture
def stream() -> AwaitedStream:
    """Where it is told."""
    return AwaitedStream()


def test_what_takes_longer_is_told_in_one_line(stream: AwaitedStream) -> None:
    """Once, and without the codes of a terminal."""
    with PlainLines(Console(file=stream), patience_s=0) as activity:
        activity.begins("a.wav: [listening]")

        assert stream.flushed.wait(10)

    assert stream.getvalue() == "a.wav: [listening]\n"


def test_what_is_quick_is_not_told(stream: AwaitedStream) -> None:
    """Neither when the next thing begins, nor at the end."""
    with PlainLines(Console(file=stream), patience_s=600) as activity:
        activity.begins("a.txt: reading emotions")
        activity.begins("a.txt: summarising")
        activity.pauses()
        activity.begins("b.txt: reading emotions")

    assert stream.getvalue() == ""


def test_a_file_gets_plain_lines_and_a_terminal_a_status() -> None:
    """Nobody else is helped by a spinner."""
    assert isinstance(shown_on(Console(file=io.StringIO())), PlainLines)
    assert isinstance(shown_on(Console(file=io.StringIO(), force_terminal=True)), StatusLine)


def test_the_status_shows_names_as_they_are() -> None:
    """A name in brackets is no markup, and the line begins again after a pause."""
    screen = io.StringIO()
    with StatusLine(Console(file=screen, force_terminal=True, width=60)) as activity:
        activity.pauses()
        activity.begins("[bold].txt: listening")

    assert "[bold].txt: listening" in screen.getvalue()
