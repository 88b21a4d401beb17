"""What a command is busy with, told on stderr."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.text import Text

PATIENCE_S = 1.0


class Activity(Protocol):
    """A context manager that hears what begins; what began before has then ended."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def begins(self, what: str) -> None:
        """Something begins."""

    def pauses(self) -> None:
        """Nothing is shown until the next thing begins."""


class StatusLine:
    """`Activity` for a terminal: one line that moves and leaves nothing behind."""

    def __init__(self, console: Console) -> None:
        self._status = console.status("starting")

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._status.stop()

    def begins(self, what: str) -> None:
        """Shown at once."""
        self._status.update(Text(what))  # a file's name may look like markup
        self._status.start()

    def pauses(self) -> None:
        """The line disappears."""
        self._status.stop()


class PlainLines:
    """`Activity` for files and pipes: a line for what takes longer than `patience_s`, none for the rest."""

    def __init__(self, console: Console, *, patience_s: float = PATIENCE_S) -> None:
        self._stream = console.file
        self._patience_s = patience_s
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.pauses()

    def begins(self, what: str) -> None:
        """Told once it has taken a while."""
        self.pauses()
        self._timer = threading.Timer(self._patience_s, self._say, (what,))
        self._timer.daemon = True
        self._timer.start()

    def pauses(self) -> None:
        """The last thing has ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()  # it may be telling just now
            self._timer = None

    def _say(self, what: str) -> None:
        print(what, file=self._stream, flush=True)


def shown_on(console: Console) -> Activity:
    """The kind of activity that suits the console."""
    return StatusLine(console) if console.is_terminal else PlainLines(console)
