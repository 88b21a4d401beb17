"""Misspelt feeling words as they were meant: "so haapy", "sooo angyyy". For the rules and the model, not for documents.

A word that the tokenizer does not know reaches the model in pieces that mean little. Only feeling words are mended, and
only where it is plain which one is meant: letters are repeated or not, or one is too many, missing, wrong, or swapped
with its neighbour (Damerau 1964, "A technique for computer detection and correction of spelling errors"), while the
first and the last are right. In GoEmotions' training rows 31 of 574,030 words are mended (`samo evaluate rules`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_FEELING_WORDS = frozenset(
    """
    afraid amazing anger angry annoyed annoying anxiety anxious appreciate appreciated ashamed awesome beautiful calm
    confused crying depressed depressing depression devastated disappointed disappointing disappointment disgusted
    disgusting embarrassed embarrassing excited excitement exciting exhausted exhausting fear frightened frustrated
    frustrating funny furious glad grateful gratitude guilty happier happiest happiness happy hate hated heartbroken
    hilarious hopeful horrible jealous laughing lonely love loved lovely mad miserable nervous optimistic overwhelmed
    overwhelming peaceful proud regret relief relieved sad scared scary sorry stressed surprised terrible terrified
    terrifying thank thankful thanks thrilled tired upset wonderful worried worry worrying
    """.split()  # noqa: SIM905  (one word a line would be two pages)
)
# Words and names that look like a slip and that the tokenizer lacks: from Webster's Second (web2), the 300,000 most
# frequent words of wordfreq's English list, and GoEmotions.
_OTHER_WORDS = frozenset(
    """
    ager aner angier angler carying clam clams confuted contused cring excised excising glaad hafted hasted hatte hatted
    loverly lovey prod relived retief scaped scarfed scray scry seared snared storry tankful thanas thanes thangs thanos
    thunks tiered trilled
    """.split()  # noqa: SIM905
)

_WORD = re.compile(r"[^\W\d_]{4,30}")
_REPEATED = re.compile(r"(.)\1+")
_MIN_LETTERS, _MIN_LETTERS_TO_CHANGE_ONE = 5, 6
"""Shorter words have too many neighbours."""


class Spelling:
    """Mends feeling words. `is_known` says of a lower-case word whether the tokenizer has it as a whole."""

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        self._is_known = is_known

    def mended(self, text: str) -> str:
        """The text with misspelt feeling words spelt right, in lower case; all else as it is. Linear time."""
        return _WORD.sub(self._meant, text)

    def _meant(self, match: re.Match[str]) -> str:
        written = match[0].lower()
        if self._is_known(written) or written in _FEELING_WORDS or written in _OTHER_WORDS:
            return match[0]
        words = _by_repetition(written) or _one_slip_away(written)
        if len(words) != 1 or self._is_other_word_swapped(written, words[0]):
            return match[0]
        return words[0]

    def _is_other_word_swapped(self, written: str, word: str) -> bool:
        # "Recieved" is no "relieved".
        swapped = _swapped(written)
        return word not in swapped and any(map(self._is_known, swapped))


def _by_repetition(written: str) -> Sequence[str]:
    return _BY_LETTERS.get(_once(written), ()) if len(written) >= _MIN_LETTERS else ()


def _one_slip_away(written: str) -> Sequence[str]:
    near = {word for key in _shortened(written) for word in _BY_SHORTENED.get(key, ())}
    return [word for word in near if _is_slip(written, word)]


def _is_slip(written: str, word: str) -> bool:
    if (written[0], written[-1]) != (word[0], word[-1]):
        return False
    if word in _swapped(written):
        return True
    if len(written) == len(word):
        changed = sum(one != other for one, other in zip(written, word, strict=True))
        return changed == 1 and len(word) >= _MIN_LETTERS_TO_CHANGE_ONE
    return len(word) >= _MIN_LETTERS


def _once(word: str) -> str:
    """Each letter as often as it changes: "sorrry" and "sory" are the same."""
    return _REPEATED.sub(r"\1", word)


def _shortened(word: str) -> Iterator[str]:
    """The word, and what is left without each of its letters: words one slip apart have one of them in common."""
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def _swapped(word: str) -> set[str]:
    return {word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(len(word) - 1)}


def _index(keys: Callable[[str], Iterable[str]]) -> Mapping[str, Sequence[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for word in sorted(_FEELING_WORDS):
        for key in set(keys(word)):
            index[key].append(word)
    return index


_BY_LETTERS = _index(lambda word: [_once(word)])
_BY_SHORTENED = _index(_shortened)
