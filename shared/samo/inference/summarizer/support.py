"""Whether an entry supports each sentence of a summary: its words, and that they belong together there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence

from samo.domain.denials import denies
from samo.domain.sentences import written_sentences
from samo.inference.summarizer.actors import ROLES
from samo.inference.summarizer.named_words import names_in
from samo.inference.summarizer.said_numbers import QUANTITIES
from samo.inference.summarizer.same_words import is_neutral, key
from samo.inference.summarizer.word_forms import WORD, is_content

MAX_NEW_SHARE = 0.25
"""Of a sentence's words, so many may be new: a paraphrase needs some."""

MIN_TOGETHER_SHARE = 0.75
"""Of the known words of a clause, so many must stand together in one sentence of the entry."""

MAX_DISTANCE = 5
"""A pronoun may stand for anybody of its sentence and the four before it."""

_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their)\b", re.IGNORECASE)
_ROLES = frozenset(map(key, ROLES))
_CLAUSE_BORDER = re.compile(
    r"[.,;:!?…—()\n]|\b(?:and|but|or|because|so|then|when|while|after|before|until|since|as|which|who|where|though"
    r"|although|that|if|yet|also|with|for)\b"
)


class Support:
    """An entry's words by the sentences they stand in. Linear time and memory."""

    def __init__(self, source: str) -> None:
        self._sentences: dict[str, list[int]] = defaultdict(list)
        spoken_of: deque[set[str]] = deque(maxlen=MAX_DISTANCE)
        for number, sentence in enumerate(written_sentences(source)):
            words = set(_keys(sentence))
            spoken_of.append(_people(words, sentence))
            if _PRONOUN.search(sentence):
                words = words.union(*spoken_of)
            for word in words:
                self._sentences[word].append(number)

    def unsupported(self, text: str) -> list[str]:
        """The sentences of a summary whose words the entry does not have, or has nowhere together."""
        return [sentence for sentence in written_sentences(text) if not self._holds(sentence)]

    def _holds(self, sentence: str) -> bool:
        clauses = [list(_keys(clause)) for clause in _clauses(sentence)]
        words = {word for clause in clauses for word in clause}
        new = {word for word in words if word not in self._sentences}
        if len(new) > max(1, MAX_NEW_SHARE * len(words)) or (new and len(new) == len(words)):
            return False
        return all(self._together([word for word in dict.fromkeys(clause) if word not in new]) for clause in clauses)

    def _together(self, words: Sequence[str]) -> bool:
        """Whether one sentence has nearly all of them, or two neighbours that both have some."""
        if len(words) < 2:
            return True
        counts = Counter(number for word in words for number in self._sentences[word])
        needed = MIN_TOGETHER_SHARE * len(words)
        if max(counts.values()) >= needed:
            return True
        return len(words) >= 4 and any(
            min(count, counts[number + 1]) >= 2 and self._joint(words, number) >= needed
            for number, count in counts.items()
            if number + 1 in counts
        )

    def _joint(self, words: Sequence[str], number: int) -> int:
        return sum(any(place in (number, number + 1) for place in self._sentences[word]) for word in words)


def _clauses(sentence: str) -> Iterator[str]:
    yield from (clause for clause in _CLAUSE_BORDER.split(sentence.casefold().replace("’", "'")) if clause)


def _keys(text: str) -> Iterator[str]:
    for word in WORD.findall(text.casefold().replace("’", "'")):
        if is_content(word) and not denies(word) and word not in QUANTITIES and not is_neutral(found := key(word)):
            yield found


def _people(words: set[str], sentence: str) -> set[str]:
    """Who is spoken of: kin and roles, frequent names, and words with a capital."""
    names = {key(name) for name in names_in(sentence)}
    return {word for word in words if word in names or word in _ROLES}
