"""Output that cannot take what a command prints, and other errors of the system: one line, or silence."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import msgspec


@contextmanager
def guarded_output() -> Iterator[None]:
    """Inside, characters that the encoding lacks become `?`, and an `OSError` ends the command with status 1.

    It is told in one line; a reader of the output that has gone (`| head`) is no error to tell of.
    """
    if sys.stdout is None:  # the shell's `>&-`
        click.echo("Error: standard output is closed", err=True)
        sys.exit(1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # here, for what fails while the interpreter ends can only be ignored
    except OSError as error:
        _drop_what_waits()
        if not isinstance(error, BrokenPipeError):
            click.echo(f"Error: {one_line(system_error(error))}", err=True)
        sys.exit(1)


def print_json(value: object) -> None:
    """The value as indented JSON, in UTF-8 whatever the terminal's encoding."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def system_error(error: OSError) -> str:
    """What the system says, and of which file where it says so."""
    reason = error.strerror or str(error) or type(error).__name__
    return reason if error.filename is None else f"{error.filename}: {reason}"


def one_line(text: str) -> str:
    """The text with everything that a terminal would not print as itself escaped, line breaks included."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _drop_what_waits() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
