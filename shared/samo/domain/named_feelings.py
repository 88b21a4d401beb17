"""Five journal emotions that GoEmotions has no label or hardly an example for, found where the writer names them.

A lexicon with a look at what stands before the word: negation ("I don't feel calm"), wishes ("I want to relax"), the
past that is over ("I used to be calm") and other people ("she was tired") are no feeling of the writer's. What it
cannot see: irony, and feelings told without their name.
"""

from __future__ import annotations

import re

from samo.domain.denials import DENIAL

_NAMES = {
    "calm": r"calm(?! (?:down|him|her|them|you|yourself|myself|the)\b)|calmer|peaceful|relaxed|serene|tranquil"
    r"|at (?:peace|ease)",
    "content": r"(?<=feel )content|(?<=feeling )content|(?<=am )content|(?<=i'm )content|(?<=was )content"
    r"|content with|contented|fulfilled|satisfied",
    "overwhelmed": r"overwhelmed(?! (?:by|with) (?:\w+ ){0,3}?(?:beauty|joy|love|gratitude|kindness|happiness)\b)"
    r"|overwhelming(?= (?:to|for|and|sometimes|at|right)\b|\W*$|[^\w ])|swamped"
    r"|stressed(?: out)?|drowning in|falling apart|at (?:my limit|breaking point)"
    r"|too much (?:for me|to (?:handle|cope with|deal with)|right now|at once|on my plate)|in over my head"
    r"|(?:can't|cannot|couldn't) (?:cope|keep up|take (?:it|this|any of (?:it|this)) any ?more)|snowed under"
    r"|buried (?:in|under) (?:work|deadlines|tasks|bills|e-?mails?|paperwork)|everything(?:'s| is| was) piling up"
    r"|(?:don't|didn't) know how to (?:cope|manage|keep up)|at the end of my (?:rope|tether)",
    "proud": r"proud of (?:myself|ourselves|us|my (?:work|effort|progress)|what i|how i|how far)|proud to have",
    "tired": r"tired(?! of)|exhausted|exhausting|exhaustion|fatigued?|sleepy|weary|drained|worn out|wiped out"
    r"|burn(?:ed|t) out|no energy|knackered|(?:feel|feeling|felt|so|bit) run[ -]down|running on (?:empty|fumes)"
    r"|dead on my feet"
    r"|(?:can't|cannot|couldn't|can (?:hardly|barely)|could (?:hardly|barely)) (?:keep my eyes open|stay awake)"
    r"|(?:haven't|hadn't|have not) slept|could sleep for (?:a|days|weeks)",
}
_NAMED = re.compile("|".join(rf"(?P<{emotion}>\b(?:{names})\b)" for emotion, names in _NAMES.items()))
_CLAUSE_BORDER = re.compile(r"[.,;:!?…()\n]|\b(?:but|because|although|though|and(?= i\b))\b")
# "No calm in me", "without getting tired": a feeling that is absent, and that the writer names all the same.
_ABSENT = re.compile(r"\b(?:no|without)\b")
# "Not been this calm" and "not ever so tired" affirm.
_STRENGTHENED = re.compile(r"\b(?:more|this|ever)\b")
# What is wished, tried or over is not felt now.
_UNREAL = re.compile(
    r"\b(?:want|wanted|wish|need|try|trying|tried|hope|hoping|if|should|used|to|please|let|stay|keep) "
)
_PERSON = re.compile(
    r"\b(?:(?P<writer>i|im|ive|id|me|myself|we|my (?:body|mind|head|heart))"
    r"|he|hes|she|shes|they|theyre|you|youre|your|his|her|their|my|our)\b"
)
_MAX_WORDS_WITHOUT_PERSON = 2
_REACH_WORDS = 6


def named_feelings(sentence: str) -> frozenset[str]:
    """Those of calm, content, overwhelmed, proud and tired that the sentence names as the writer's own. Linear time."""
    text = sentence.casefold().replace("’", "'")
    return frozenset(match.lastgroup for match in _NAMED.finditer(text) if match.lastgroup and _is_own(text, match))


def _is_own(text: str, match: re.Match[str]) -> bool:
    nearby = " ".join(text[max(0, match.start() - 80) : match.start()].split()[-_REACH_WORDS:]) + " "
    clause = _CLAUSE_BORDER.split(nearby)[-1]
    if _UNREAL.search(clause) or _is_denied(clause):
        return False
    persons = list(_PERSON.finditer(clause))
    if persons:
        return persons[-1]["writer"] is not None
    return len(clause.split()) <= _MAX_WORDS_WITHOUT_PERSON or match[0].endswith(" me")


def _is_denied(clause: str) -> bool:
    denials = (*DENIAL.finditer(clause), *_ABSENT.finditer(clause))
    return any(not _STRENGTHENED.search(clause, denial.end()) for denial in denials)
