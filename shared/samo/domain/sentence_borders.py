"""Where one sentence ends and the next begins: a rule on neighbouring words, and cuts through runs without an end."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

SYMBOLS_ALONE = re.compile(r"[\W_]+|[:;=]['’]?-?[)(\[\]DPpOo3/\\|*]+|<3+|xD+")

_END = re.compile(r"(?P<marks>[.!?…。！？]+)(?P<after>[^\w.!?…。！？]*)$")
_CLOSERS = frozenset("\"'”’»)]")
_ALWAYS_CONTINUED = re.compile(
    r"mrs?|ms|mx|dr|prof|st|sr|jr|rev|fr|gen|col|sgt|capt|lt|mt|ft|vs|cf|approx|fig|dept|e\.g|i\.e"
)
_CONTINUED_BEFORE_LOWER_CASE = re.compile(
    r"etc|inc|ltd|co|corp|al|hrs?|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thu(rs)?|fri"
    r"|(?:[^\W\d_]\.)+[^\W\d_]{1,2}"
)
_CONJUNCTION = re.compile(r"and|but|so|because|then|when|while|although|though|or|yet|since|until")
_WORDS_BEFORE_EMOJI = 2


def ends_sentence(word: str, following: str, *, position: int) -> bool:
    """Whether a border lies between two neighbouring words.

    `word` may carry symbols after it (`it! 🎉`); `position` counts the words of the sentence before it. Punctuation
    decides, except after abbreviations, initials and list numbers, and in quoted speech that goes on in lower case.
    """
    starts_lower = _first_letter(following).islower()
    end = _END.search(word)
    if end is None:
        # An emoji closes a thought where people leave punctuation out, but stands for a word in "I ❤️ Paris".
        return _ends_in_symbol(word) and position >= _WORDS_BEFORE_EMOJI and _first_letter(following).isupper()
    marks, quoted = end["marks"], not _CLOSERS.isdisjoint(end["after"])
    if "。" in marks or "！" in marks or "？" in marks:
        return True
    if quoted and starts_lower:
        return False
    if "!" in marks or "?" in marks:
        return True
    if len(marks) > 1 or marks == "…":
        return not starts_lower
    return not _is_abbreviation(word[: end.start()].strip(), position, starts_lower=starts_lower)


def clause_strength(word: str, following: str) -> float:
    """How good a place for a cut is after `word`, in [0, 1]: 0 inside a clause, 1 at a semicolon."""
    last = word.rstrip("\"'”’»)] ")[-1:]
    if last and last in ";:—–":
        return 1.0
    conjunction = 0.3 if _CONJUNCTION.fullmatch(following.casefold()) else 0.0
    return (0.5 if last == "," else 0.0) + conjunction


def cut_run(strengths: Sequence[float], *, longest: int, shortest: int, stop: float = math.inf) -> list[int]:
    """Cut a run of words into pieces of at most `longest`; returns the end (exclusive) of each piece.

    `strengths[i]` says how good a cut after word i is. A piece ends at the first strength of at least `stop` that
    leaves it `shortest` words, otherwise at the strongest place in the second half of what it may hold. Linear time.
    """
    ends: list[int] = []
    start, count = 0, len(strengths)
    while start < count:
        limit = min(start + longest, count)
        end = next((i + 1 for i in range(start + shortest - 1, limit) if strengths[i] >= stop), None)
        if end is None:
            end = count if limit == count else _strongest(strengths, start + longest // 2, min(limit, count - shortest))
        ends.append(end)
        start = end
    return ends


def _strongest(strengths: Sequence[float], first: int, last: int) -> int:
    """The end after the strongest place; the later of two equal ones, for longer pieces keep more sense."""
    return max(range(first, last), key=lambda i: (strengths[i], i)) + 1


def _is_abbreviation(stem: str, position: int, *, starts_lower: bool) -> bool:
    word = stem.lstrip("\"'“‘«([").casefold()
    if _ALWAYS_CONTINUED.fullmatch(word):
        return True
    if _CONTINUED_BEFORE_LOWER_CASE.fullmatch(word):
        return starts_lower
    if position == 0 and word.isdecimal():
        return True
    return len(word) == 1 and word.isalpha() and word != "i"


def _first_letter(word: str) -> str:
    return next((character for character in word if character.isalnum()), "")


def _ends_in_symbol(word: str) -> bool:
    return bool(word) and ord(word[-1]) > 0x2000 and not word[-1].isalnum() and word[-1] not in _CLOSERS
