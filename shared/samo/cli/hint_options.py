"""Hints on the command line: what a stored object's metadata would be forgiven is a wrong option here."""

from __future__ import annotations

import click

from samo.domain.hints import hotwords_problem, language_code


def checked_language(tag: str | None) -> str | None:
    """The language's code. Raises `click.BadParameter` for one that no Whisper knows."""
    if tag is None:
        return None
    if (code := language_code(tag)) is None:
        raise click.BadParameter("no language that Whisper knows; use a code like en, de or pt")
    return code


def checked_hotwords(words: str | None) -> str | None:
    """The words. Raises `click.BadParameter` for too many of them, or control characters."""
    if words is not None and (problem := hotwords_problem(words)) is not None:
        raise click.BadParameter(problem)
    return words
