"""What a text denies: negation words, and the words that they reach."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from samo.inference.summarizer.word_forms import is_content, stem, word_set

REACH = 6
"""How many words after it a negation reaches, up to the end of its clause."""

_TOKEN = re.compile(r"\w+(?:'\w+)*|[.,;:!?…—]")
NEGATIONS = word_set(
    "not never no none nobody nothing nowhere neither nor without cannot hardly barely rarely scarcely"
)
_CONTRACTED = re.compile(
    r"(?:do|does|did|is|are|was|were|have|has|had|ca|could|wo|would|should|ai|must|need|might)n'?t"
)
_ENDS_REACH = word_set(". , ; : ! ? … — but because when why what how where who whether until unless than")
_NOT_AFTER = frozenset({"only", "just", "merely", "doubt"})
# What stands between a negation and the word that it denies: "not feeling very well", "don't really think it's fair".
_LIGHT = word_set(
    "feel feeling felt think thought want wanted know knew make made see seem seemed say said believe sure look looking"
    " so very really too quite even yet ever exactly completely particularly"
)
_DENYING_PREFIX = "un"
_DENYING_SUFFIX = "less"
_MIN_BASE = 4


class Negation(NamedTuple):
    """One negation: the stems of the content words that it reaches, and of the one that it denies, if any."""

    reached: frozenset[str]
    denied: str | None


class Denials(NamedTuple):
    """A text's negations, how often each content stem stands outside of their reach, and all its words."""

    negations: tuple[Negation, ...]
    affirmed: Counter[str]
    words: frozenset[str]


def denials_in(text: str) -> Denials:
    """All negations of a text. Linear time."""
    tokens = _TOKEN.findall(text.casefold().replace("’", "'"))
    negations = []
    reached_until = 0
    affirmed: Counter[str] = Counter()
    for place, token in enumerate(tokens):
        if _is_cue(tokens, place):
            span = list(_span(tokens[place + 1 : place + 1 + REACH]))
            negations.append(_negation(span))
            reached_until = max(reached_until, place + 1 + len(span))
        elif place >= reached_until and is_content(token) and token[0].isalnum():
            affirmed[stem(token)] += 1
    return Denials(tuple(negations), affirmed, frozenset(tokens))


def unsupported_negations(summary: Denials, source: Denials) -> bool:
    """Whether the summary denies what the entry does not, or affirms what the entry only denies."""
    denied_anywhere = frozenset(word for negation in source.negations for word in negation.reached)
    for negation in summary.negations:
        supported = not negation.reached.isdisjoint(denied_anywhere) if negation.reached else bool(source.negations)
        if not supported:
            return True
    turned = {
        negation.denied
        for negation in source.negations
        if negation.denied is not None and not source.affirmed[negation.denied]
    }
    return not turned.isdisjoint(summary.affirmed) or any(_denies_by_form(word, source) for word in summary.words)


def _denies_by_form(word: str, source: Denials) -> bool:
    """Whether it is "unhappy" or "hopeless", and the entry says "happy" or "hope" without denying it."""
    if word in source.words:
        return False
    bases = {word.removeprefix(_DENYING_PREFIX), word.removesuffix(_DENYING_SUFFIX)} - {word}
    return any(len(base) >= _MIN_BASE and source.affirmed[stem(base)] for base in bases)


def _is_cue(tokens: Sequence[str], place: int) -> bool:
    cue = tokens[place]
    if cue not in NEGATIONS and not _CONTRACTED.fullmatch(cue):
        return False
    following = tokens[place + 1] if place + 1 < len(tokens) else ""
    # "No, I am fine" and "not only" deny nothing.
    return following not in _NOT_AFTER and not (cue == "no" and following in {",", ".", "!"})


def _span(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        if token in _ENDS_REACH:
            return
        yield token


def _negation(span: Sequence[str]) -> Negation:
    content = [token for token in span if is_content(token) and token not in NEGATIONS]
    denied = next((stem(token) for token in content if token not in _LIGHT), None)
    return Negation(frozenset(stem(token) for token in content), denied)
