"""What a text claims, denies, or only wishes and supposes: each of its words with that sense and its company."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from samo.domain.denials import DENYING_WORDS, denies
from samo.inference.summarizer.same_words import key
from samo.inference.summarizer.word_forms import FUNCTION_WORDS, word_set

REACH = 6
"""How many words after it a negation reaches, up to the end of its clause."""

Sense = Literal["affirmed", "denied", "unreal"]

_TOKEN = re.compile(r"\w+(?:'\w+)*|[.,;:!?…—\n]")
# Words that deny only together with the next one: "far from calm", "anything but calm", "failed to call", "no longer".
_PAIRS = {"far": {"from"}, "anything": {"but"}, "failed": {"to"}, "fail": {"to"}, "fails": {"to"}, "lack": {"of"},
          "forgot": {"to"}, "forget": {"to"}, "refused": {"to"}, "refuse": {"to"}, "instead": {"of"}}  # fmt: skip
# What is wished, tried or supposed is not so: "I want to be calm", "if she had called", "I used to be happy".
_UNREAL = word_set("if wish wished hope hoped hoping should unless whether")
_UNREAL_TO = word_set("want wanted wants used need needed try tried trying plan planned planning going supposed")
_BEFORE_NOUNS = word_set("a the my his her our their some any no this that of more much")
_SENTENCE_ENDS = word_set(". ; : ! ? …") | {"\n"}
_ENDS_REACH = _SENTENCE_ENDS | word_set(
    ", — and but because when why what how where who whether until unless than although though since so"
)
_NOT_AFTER = frozenset({"only", "just", "merely", "doubt"})
# What stands between a negation and the word that it denies: "not feeling very well", "don't really think it's fair".
_LIGHT = word_set(
    "feel feeling felt think thought want wanted know knew make made see seem seemed say said believe sure look looking"
    " so very really too quite even yet ever exactly completely particularly like going get got able have had any much"
)
# Function words that a sentence can turn on: "I did not go" against "I went".
_VERBS = word_set("go goes going gone went get gets got give gives given gave do does did done have has had there")
_DENYING_PREFIX = "un"
_DENYING_SUFFIX = "less"
_MIN_BASE = 4


BARE = ""
"""What a negation denies that reaches no word: "I did not." """


class Claim(NamedTuple):
    """One word (by its `key`) in the sense that it has there, with the other words of its clause."""

    word: str
    sense: Sense
    company: frozenset[str]


class Claims(NamedTuple):
    """A text's claims by word, and its words.

    `reached` are those that a negation reaches without denying them, `denied_company` those in a clause with a denial.
    """

    by_word: Mapping[str, Sequence[Claim]]
    reached: frozenset[str]
    denied_company: frozenset[str]
    words: frozenset[str]


class _Senses(NamedTuple):
    """Of a clause: words with their senses in order, words that a negation and words that a wish reaches besides."""

    senses: list[tuple[str, Sense]]
    reached: set[str]
    aside: set[str]


def claims_in(text: str) -> Claims:
    """All claims of a text. Linear time."""
    by_word: dict[str, list[Claim]] = defaultdict(list)
    reached: set[str] = set()
    words: set[str] = set()
    denied_company: set[str] = set()
    for clause in _clauses(_TOKEN.findall(text.casefold().replace("’", "'"))):
        words.update(clause)
        found = _senses(clause)
        company = frozenset(word for word, _ in found.senses) | found.reached | found.aside
        reached |= found.reached
        if any(sense == "denied" for _, sense in found.senses):
            denied_company |= company
        for word, sense in found.senses:
            by_word[word].append(Claim(word, sense, company - {word}))
    return Claims(by_word, frozenset(reached), frozenset(denied_company), frozenset(words))


def unsupported_negations(summary: Claims, source: Claims) -> bool:
    """Whether the summary denies what the entry does not, or affirms what the entry only denies, wishes or supposes.

    Where the entry does both, the clause with more of the same company decides: "I told Ben, I did not tell her".
    """
    claims = (claim for claims in summary.by_word.values() for claim in claims)
    return any(_is_turned(claim, source) for claim in claims) or any(
        _denies_by_form(word, source) for word in summary.words
    )


def _is_turned(claim: Claim, source: Claims) -> bool:
    if claim.word == BARE:
        return not any(other.sense == "denied" for found in source.by_word.values() for other in found)
    found = source.by_word.get(claim.word, ())
    if claim.sense == "unreal":
        return bool(found) and all(other.sense == "denied" for other in found)
    alike = max((len(claim.company & other.company) for other in found if other.sense == claim.sense), default=-1)
    others = max((len(claim.company & other.company) for other in found if other.sense != claim.sense), default=-1)
    if claim.sense == "denied" and alike < 0:
        # "Not feeling calm at all": the word is in a negation's reach if it is not what that denies. Of a word that the
        # entry does not have, the company decides.
        return claim.word not in source.reached and (bool(found) or claim.company.isdisjoint(source.denied_company))
    return others > alike


def _denies_by_form(word: str, source: Claims) -> bool:
    """Whether it is "unhappy" or "hopeless", and the entry says "happy" or "hope" without denying it."""
    if word in source.words:
        return False
    bases = {word.removeprefix(_DENYING_PREFIX), word.removesuffix(_DENYING_SUFFIX)} - {word}
    return any(
        len(base) >= _MIN_BASE and any(claim.sense == "affirmed" for claim in source.by_word.get(key(base), ()))
        for base in bases
    )


def _clauses(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs of words up to the end of a sentence: the company that a word keeps."""
    start = 0
    for place, token in enumerate(tokens):
        if token in _SENTENCE_ENDS:
            if place > start:
                yield tokens[start:place]
            start = place + 1
    if start < len(tokens):
        yield tokens[start:]


def _senses(clause: Sequence[str]) -> _Senses:
    """Linear time: a cue looks `REACH` words ahead, and what it reaches is not looked at again."""
    found = _Senses([], set(), set())
    place = reached_until = 0
    while place < len(clause):
        denied, wished = _cue(clause, place), _is_unreal(clause, place)
        if denied or (wished and place >= reached_until):
            start = place + max(denied, 1)
            span = list(_span(clause[start : start + REACH]))
            content = [word for word in span if _can_be_denied(word)]
            head = next((word for word in content if word not in _LIGHT), content[0] if content else None)
            # The words before the head stand between; those after it are not said to be so, nor not to be.
            beside = {key(word) for word in content if word != head}
            (found.reached if denied else found.aside).update(beside)
            if head is not None:
                found.senses.append((key(head), "denied" if denied else "unreal"))
            elif denied:
                found.senses.append((BARE, "denied"))
            reached_until = start + len(span)
            place = start
            continue
        if place >= reached_until and _can_be_denied(clause[place]):
            found.senses.append((key(clause[place]), "affirmed"))
        place += 1
    return found


def _can_be_denied(word: str) -> bool:
    if not word[0].isalnum() or word in DENYING_WORDS or word.isdecimal() or len(word) < 2:
        return False
    return word in _VERBS - {"do", "does", "did", "have", "has", "had", "going"} or word not in FUNCTION_WORDS


def _cue(clause: Sequence[str], place: int) -> int:
    """How many words deny what follows them here: 0 for none."""
    cue, following = clause[place], clause[place + 1] if place + 1 < len(clause) else ""
    if cue in _PAIRS:
        return 2 if following in _PAIRS[cue] else 0
    if not denies(cue):
        return 0
    # "No, I am fine" and "not only" deny nothing.
    if following in _NOT_AFTER or (cue == "no" and following in {",", ""}):
        return 0
    return 1


def _is_unreal(clause: Sequence[str], place: int) -> bool:
    following = clause[place + 1] if place + 1 < len(clause) else ""
    before = clause[place - 1] if place else ""
    # "There is some hope" and "my hope" wish nothing.
    wishes = clause[place] in _UNREAL and before not in _BEFORE_NOUNS
    return wishes or (clause[place] in _UNREAL_TO and following in {"to", "not"})


def _span(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        if token in _ENDS_REACH:
            return
        yield token
