"""Written text to words: lines, list markers, emoji and wrapped paragraphs, before sentences are looked for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from samo.domain.sentence_borders import SYMBOLS_ALONE

# Control characters, zero-width spaces, byte order marks and what overrides the direction of text (it would turn round
# whatever a sentence is quoted in) part words as white space does. The zero-width joiner does
# not: emoji are made with it. A stop of a script without spaces ends a word; no real word has 300 characters.
_SEPARATORS = r"\s\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_MAX_WORD = 300
_WORD = re.compile(
    rf"[^{_SEPARATORS}。！？]{{0,{_MAX_WORD}}}[。！？]{{1,{_MAX_WORD}}}[」』”’\"']?|[^{_SEPARATORS}。！？]{{1,{_MAX_WORD}}}"
)
_LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_LIST_ITEM = re.compile(r"\s*(?:[-*•–—▪◦]|\d{1,3}[.)])\s")
_EMOTICON = "☺"
_WRAP_WIDTHS = range(60, 101)
_MIN_WRAPPED_LINES = 2
_MIN_WRAPPED_SHARE = 0.8


class WrittenWord(NamedTuple):
    """A word with the symbols around it. `ending` is what the border rule sees; `ends_line` is a border by itself."""

    text: str
    ending: str
    ends_line: bool


def written_words(text: str) -> list[WrittenWord]:
    """All words in order.

    A symbol alone (emoji, dash, divider) belongs to the word before it, or at the start of a line, where list markers
    stand, to the one after it. Where there is no such word it is one itself.
    """
    words: list[WrittenWord] = []
    for tokens, breaks in _lines(text):
        leading = ""
        for number, token in enumerate(tokens):
            if not SYMBOLS_ALONE.fullmatch(token):
                words.append(WrittenWord(f"{leading}{token}", token, ends_line=False))
                leading = ""
            elif leading or number == 0:
                leading = f"{leading}{token} "
            else:
                _add_symbol(words, token)
            if len(leading) > _MAX_WORD:
                words.append(WrittenWord(leading.rstrip(), "", ends_line=False))
                leading = ""
        if leading:
            _add_symbol(words, leading.rstrip())
        words[-1] = words[-1]._replace(ends_line=breaks)
    return words


def _add_symbol(words: list[WrittenWord], symbol: str) -> None:
    if not words or len(words[-1].text) > _MAX_WORD:
        words.append(WrittenWord(symbol, "", ends_line=False))
        return
    shown = _EMOTICON if any(character.isalnum() for character in symbol) else symbol
    last = words[-1]
    words[-1] = last._replace(text=f"{last.text} {symbol}", ending=last.ending + shown)


def _lines(text: str) -> Iterator[tuple[list[str], bool]]:
    """The words of each line, and whether a sentence may not go on in the next one."""
    lines = _LINE_BREAK.split(text)
    width = max(map(len, lines))
    wrapped = _is_hard_wrapped(lines, width)
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        goes_on = wrapped and _is_full(line, following, width) and not _LIST_ITEM.match(following)
        if tokens := _WORD.findall(line):
            yield tokens, not goes_on


def _is_hard_wrapped(lines: Sequence[str], width: int) -> bool:
    """Whether an editor broke the lines, not the writer: nearly each is too full for the next line's first word."""
    if width not in _WRAP_WIDTHS:
        return False
    inner = [(line, following) for line, following in itertools.pairwise(lines) if following.strip()]
    full = sum(_is_full(line, following, width) for line, following in inner if line.strip())
    return full >= _MIN_WRAPPED_LINES and full >= _MIN_WRAPPED_SHARE * sum(bool(line.strip()) for line, _ in inner)


def _is_full(line: str, following: str, width: int) -> bool:
    first = following.split(maxsplit=1)[:1]
    return bool(first) and len(line.rstrip()) + 1 + len(first[0]) > width
