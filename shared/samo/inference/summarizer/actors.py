"""Who does or feels what: the person that stands before a word, in an entry and in its summary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from samo.domain.denials import denies
from samo.inference.summarizer.given_names import NAMES, PLACES
from samo.inference.summarizer.irregular_forms import BASE_OF
from samo.inference.summarizer.named_words import names_in
from samo.inference.summarizer.same_words import is_neutral, key
from samo.inference.summarizer.word_forms import is_content, word_set

WRITER, SOMEBODY = "writer", "somebody"

_WRITER = word_set("i i'm i've i'd i'll im ive we we're we've we'd we'll author writer narrator")
_SOMEBODY = word_set(
    "he he's he'd he'll she she's she'd she'll they they're they've they'd they'll you you're people everyone everybody"
    " someone somebody nobody who"
)
ROLES = word_set(
    "mother mum mom mama father dad papa parents sister brother son daughter grandmother grandma grandfather grandpa"
    " husband wife partner boyfriend girlfriend aunt uncle cousin friend boss manager colleague teacher doctor nurse"
    " therapist neighbour neighbor landlord team class family kids children baby dog cat coach trainer"
    " flatmate roommate classmate client customer patient student lawyer police guy girl boy man woman"
)
"""What people are called who have no name."""

_OBJECTS = word_set("me us him them")
_ADVERBS = word_set("really always still just finally suddenly also even often so very little bit pretty too")
_LIGHT = frozenset(
    map(key, word_set("feel seem appear become think thing way time day today new old good bad want need"))
)
_BE = word_set("am is are was were be been being i'm he's she's they're we're you're got get")
_TOKEN = re.compile(r"\w+(?:'\w+)*|[^\w\s]|\n")


def actors_in(text: str) -> Mapping[str, set[str]]:
    """Word (by its `key`) → who stands before it in its clause: the writer, a named one, or somebody. Linear time.

    Passives say nothing ("I was told"): there, the one before the word is not who did it.
    """
    names = (NAMES | set(names_in(text))) - PLACES
    actors: dict[str, set[str]] = defaultdict(set)
    current: set[str] = set()
    subject: set[str] = set()
    passive = joins = follows = False
    for word in _TOKEN.findall(text.casefold().replace("’", "'")):
        if not word[0].isalnum():
            # After a comma the same person may go on: "I took a shower, washed the dishes".
            current, passive = (subject if word == "," else set()), False
            joins = follows = False
            subject = subject if word == "," else set()
            continue
        who = _person(word, names)
        if who is not None:
            current = current | {who} if joins or follows else {who}
            subject = current
            passive = word in _BE
        elif word in _BE:
            passive = True
        elif word in _OBJECTS:
            current = set()
        elif word == "and":
            joins, follows = follows, False
            # "He came and laughed": the same person goes on, unless another follows.
            current = current or subject
            continue
        elif is_content(word) and not denies(word) and word not in _ADVERBS:
            compared = key(word)
            if current and compared not in _LIGHT and not (passive and _is_participle(word)):
                actors[compared] |= current
            if not is_neutral(compared):
                current, passive = set(), False
        joins = False
        follows = who is not None
    return actors


def unsupported_actors(text: str, source: str) -> bool:
    """Whether the summary has somebody else do or feel what the entry says of one.

    Third persons count only in a summary that speaks as "I" itself: elsewhere "she" may be the writer.
    """
    written, said = actors_in(text), actors_in(source)
    in_first_person = re.search(r"\b(?:i|i'm|my|me|we|our|us)\b", text.casefold()) is not None
    for said_word, who in written.items():
        found = said.get(said_word)
        if not found:
            continue
        for person in who:
            if person == WRITER:
                wrong = WRITER not in found
            elif person == SOMEBODY:
                wrong = in_first_person and found == {WRITER}
            else:
                wrong = person not in found and SOMEBODY not in found
            if wrong:
                return True
    return False


def _person(word: str, names: set[str] | frozenset[str]) -> str | None:
    if word in _WRITER:
        return WRITER
    if word in _SOMEBODY:
        return SOMEBODY
    if word in ROLES:
        return key(word)
    bare = word.removesuffix("'s")
    return bare if bare in names and word == bare else None


def _is_participle(word: str) -> bool:
    return word.endswith("ed") or word in BASE_OF
