"""Words that people use for each other in a journal, and words that a summary may add of its own."""

from __future__ import annotations

from collections.abc import Mapping

from samo.inference.summarizer.word_forms import stem, unaccented, word_set

_GROUPS = """
mother mum mom mummy mommy mama mam|father dad daddy papa|grandmother grandma granny nan|grandfather grandpa granddad
child kid|baby newborn|husband hubby|boss manager supervisor|colleague coworker|doctor physician gp|flat apartment
call phone ring telephone|talk speak chat conversation|say tell|begin start|finish end complete|buy purchase|quit resign
angry mad furious anger|sad unhappy sadness|happy glad happiness joy|afraid scared frightened fear fearful
tired exhausted weary exhaustion|sick ill illness|anxious nervous anxiety|proud pride|lonely loneliness
ashamed shame|grateful thankful gratitude|relieved relief|upset distressed|depressed depression
worry worried concern concerned|stress stressed stressful|job work|home house|big large huge|little small|fast quick
exam test|money cash|trip journey|shout yell scream|weep cry tears|fix repair mend|ask request|let allow
argue argument quarrel fight row|laugh laughter|help support|hurt pain|die death dead|marry marriage wedding
try attempt|choose choice decide decision|lose loss|apologise apologize apology sorry|angrily anger
""".strip().replace("\n", "|")

# What a summary says of an entry without a word of it: who writes, that something is said, felt or difficult.
_NEUTRAL = (
    "author writer narrator person people someone thing things way day time today feel feeling emotion mood describe"
    " express mention explain reflect experience situation moment event entry journal diary summary story write talk"
    " think thought realise realize notice seem appear become make have happen cause lead result due because reason"
    " able unable go come get want need also new old good bad able still part kind sort really overall main"
)


def _keys_by_stem() -> Mapping[str, str]:
    keys: dict[str, str] = {}
    for line in _GROUPS.split("|"):
        first, *others = (stem(word) for word in line.split())
        for other in others:
            keys.setdefault(other, keys.get(first, first))
    return keys


_KEYS = _keys_by_stem()
_NEUTRAL_KEYS = frozenset(_KEYS.get(stem(word), stem(word)) for word in word_set(_NEUTRAL))


def key(word: str) -> str:
    """What a case-folded word is compared by: its stem, or that of the word it stands for ("mum": "mother")."""
    stemmed = stem(unaccented(word))
    return _KEYS.get(stemmed, stemmed)


def is_neutral(compared: str) -> bool:
    """Whether a word (by its `key`) says nothing that an entry would have to support."""
    return compared in _NEUTRAL_KEYS
