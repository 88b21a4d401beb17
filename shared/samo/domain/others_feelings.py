"""GoEmotions labels that a sentence names only as what others feel: "My sister is furious", "they love the sea".

The classifier reads them as the writer's. The annotators of GoEmotions do so about every third time: of 218 such labels
in the training rows they gave 64, for they label the feeling that a text expresses, whosever it is. Of these 64 rows,
read by hand, the writer shows the feeling too in 10 ("You look so happy now 😍"). `samo evaluate rules` finds them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

OTHERS_PROBABILITY = 0.046
"""How often the writer feels it as well: 10 of 218."""

_NO_WORD = "(?!)"


class _Feeling(NamedTuple):
    """The words for a feeling, and the labels that the classifier reads from them.

    Where the sentence has a word in `also`, it says more than what the others feel, and the labels stay.
    """

    labels: tuple[str, ...]
    adjectives: str
    verbs: str = _NO_WORD
    also: str = _NO_WORD
    of_things: bool = False  # also said of films and days: a capitalised subject may be none that feels


_FEELINGS = (
    _Feeling(
        ("anger", "annoyance"),
        "angry|mad|furious|annoyed|irritated|frustrated|pissed",
        "hates?|hated",
        r"anger|rage|annoying|infuriating|frustrating|unfair|stupid|idiots?|pathetic|fuck\w*|shit\w*",
    ),
    _Feeling(("disappointment", "sadness"), "disappointed", also="disappointing|disappointment|sad|sadly"),
    _Feeling(("embarrassment", "remorse"), "embarrassed|ashamed", also="embarrassing|shame|sorry|regret"),
    _Feeling(("excitement", "joy"), "excited|thrilled", also="exciting|excitement|happy"),
    _Feeling(
        ("fear", "nervousness"),
        "afraid|scared|frightened|terrified|anxious|nervous|worried",
        "worries|worry|fears?",
        "scary|terrifying|dread|anxiety|worrying|danger|dangerous|accident",
    ),
    _Feeling(("gratitude",), "grateful|thankful", also="thanks?|gratitude"),
    _Feeling(
        ("joy",),
        "happy|glad|delighted|cheerful",
        "enjoys?|enjoyed",
        "joy|happily|happiness|yay|wonderful|amazing|beautiful|lovely|perfect",
        of_things=True,
    ),
    _Feeling(
        ("amusement", "joy"),
        "having (?:so much |a lot of )?fun",
        "(?:has|had|have) (?:so much |a lot of )?fun",
        r"funny|laugh\w*|wonderful|amazing|lovely|perfect",
    ),
    _Feeling(("love",), _NO_WORD, "loves?|loved", "lovely|dear"),
    _Feeling(("optimism",), "hopeful|optimistic", also="hope|hopes|hopefully"),
    _Feeling(("pride",), "proud", also="pride"),
    _Feeling(("relief",), "relieved", also="relief"),
    _Feeling(
        ("sadness", "disappointment", "grief"),
        "sad|unhappy|depressed|lonely|heartbroken|miserable|devastated",
        also="sadly|sadness|depressing|heartbreaking|hurts?|miss|poor|cry|cried|crying|tears|died|dead|death|lost|loss"
        "|funeral",
        of_things=True,
    ),
)
# "He is proud of me", "she loves my work": those who are meant may feel it too.
_NOT_OF_THE_WRITER = r"(?! (?:of )?(?:me|us|my|our)\b)"

_KIN = (
    r"(?:(?:grand|god|step)?(?:mother|father|mom|mum|ma|dad|pa)|mama|papa|mommy|mummy|daddy|grandma|grandpa|grann?y"
    r"|nan)"
)
_PERSON = (
    rf"(?:{_KIN}s?|(?:grand|step)?(?:parents?|sons?|daughters?|child|children|kids?)|sisters?|brothers?|siblings?|twins?"
    r"|wife|husband|spouse|fiancee?|aunt(?:ie)?s?|uncles?|cousins?|nieces?|nephews?|bab(?:y|ies)|toddlers?"
    r"|teen(?:ager)?s?|(?:boy|girl)s?|(?:boy|girl)?friends?|buddy|partner|ex|boss|managers?|supervisor"
    r"|colleagues?|co-?workers?|teachers?|professors?|students?|classmates?|(?:room|flat|house|team)mates?"
    r"|neighbou?rs?|landlord|landlady|doctors?|therapist|nurses?|patients?|clients?|customers?|guests?|people|person"
    r"|m[ae]n|wom[ae]n|guys?|lad(?:y|ies)|strangers?|drivers?|dogs?|cats?|pupp(?:y|ies))"
)
_WHOSE = r"(?:my|his|her|their|your|our|the|that|these|those|a|an|some|two|most|many)"
_PLACE = r"(?: next door| (?:on|in|at|from|with|behind) (?!me\b)(?:\w+ ){0,2}\w+)"
# "The day with my sister was sad", "life without Dad is sad": the subject is another.
_PREPOSITION = r"(?:with|without|to|for|of|at|from|about|by|in|on|near)"
_OTHERS = (
    r"(?<!\bwith )(?<!\bwithout )(?<!\bto )(?<!\bfor )(?<!\bof )(?<!\bat )(?<!\bfrom )(?<!\babout )(?<!\bby )"
    rf"\b(?:he|she|they|someone|somebody|every(?:one|body) (?:but|except) (?:me|us)|you(?= (?:seem|look|sound))"
    rf"|{_KIN}|{_WHOSE} (?:(?!{_PREPOSITION}\b)[\w'’]+ ){{0,2}}{_PERSON}{_PLACE}?)"
)
# "Tom was furious": a capitalised subject of what only persons feel.
_NO_NAME = (
    r"(?:I|Im|Ive|We|Me|Us|It|This|That|These|Those|What|Which|Who|There|You|Both|All|Some|Most|Many|People"
    r"|Every(?:one|body)|No(?:body|ne)|Any(?:one|body)|So|And|But|Then|Now|Still)"
)
_NAME = rf"\b(?-i:(?!{_NO_NAME}\b)[A-Z][a-z]+)"
_BE = (
    r"(?:['’]s|['’]re| is| was| are| were| seem(?:s|ed)?| feels?| felt| gets?| got| becomes?| became| look(?:s|ed)?"
    r"| sound(?:s|ed)?| (?:ha[sd]|have) been| (?:will|would|must|might|may|could) be)"
)
_IS = r"(?:['’]s| is| was| are| were| seems| seemed| feels| felt| got| became| looks| looked| sounds| sounded)"
_DEGREE = (
    r"(?: (?:\w+ly|so|very|too|pretty|quite|always|often|still|also|just|now|even|more|most|super|to be|both"
    r"|a (?:bit|little)|kind of|rather|\w+ (?:and|or|but)))*"
)
_OTHERS_ARE = re.compile(rf"{_OTHERS}{_BE}{_DEGREE} $", re.I)
_PERSON_IS = re.compile(rf"(?:{_OTHERS}{_BE}|{_NAME}{_IS}){_DEGREE} $", re.I)
_OTHERS_DO = re.compile(rf"{_OTHERS}{_DEGREE} $", re.I)
# Wherever the writer speaks of themselves, they may feel the same. What they saw, heard or think of others, and what
# they did not, says nothing of it.
_OBSERVED = (
    r"(?:think|thought|guess|know|knew|believe|hear|heard|saw|see|noticed|bet|assume|suspect|tell|told|asked|understand"
    r"|remember|met|wonder|said|not)"
)
_WRITER = re.compile(
    rf"\b(?:i|im|ive|id|we)\b(?!['’]?\w* (?:\w+ly |can |could |just |was |am |did |do )?{_OBSERVED}\b| \w+n['’]t\b)"
    r"|\b(?:ma[kd]es?|making|left|leaves|drives?|drove) (?:me|us)\b|\b(?:me|us|myself) (?:too|both|neither)\b"
    r"|\b(?:all|both) of us\b|(?<!but )(?<!except )\b(?:me|us|myself) and\b|\b(?:and|like|than|as) (?:me|us|myself)\b"
    r"|\bmy (?:heart|soul|mind)\b|\bsame here\b",
    re.I,
)
_REACH_CHARACTERS = 80
_ANY_FELT = re.compile("|".join(rf"\b(?:{feeling.adjectives}|{feeling.verbs})\b" for feeling in _FEELINGS))
_MENTIONS = tuple(
    (
        feeling,
        re.compile(
            rf"\b(?:(?P<adjective>{feeling.adjectives})\b{_NOT_OF_THE_WRITER}"
            rf"|(?P<verb>{feeling.verbs})\b{_NOT_OF_THE_WRITER}|(?P<also>{feeling.also})\b)",
            re.I,
        ),
    )
    for feeling in _FEELINGS
)


def others_labels(sentence: str) -> frozenset[str]:
    """The labels of which every mention in the sentence is said of others, if it says nothing of the writer.

    Linear time: each mention is judged by a bounded stretch before it.
    """
    if not _ANY_FELT.search(sentence.lower()) or _WRITER.search(sentence):
        return frozenset()
    return frozenset(
        label
        for feeling, named in _MENTIONS
        if _are_of_others(sentence, list(named.finditer(sentence)), feeling)
        for label in feeling.labels
    )


def _are_of_others(sentence: str, mentions: Sequence[re.Match[str]], feeling: _Feeling) -> bool:
    return bool(mentions) and all(_is_of_others(sentence, mention, feeling) for mention in mentions)


def _is_of_others(sentence: str, mention: re.Match[str], feeling: _Feeling) -> bool:
    before = sentence[max(0, mention.start() - _REACH_CHARACTERS) : mention.start()]
    if mention["verb"]:
        return _OTHERS_DO.search(before) is not None
    subject_is = _OTHERS_ARE if feeling.of_things else _PERSON_IS
    return mention["adjective"] is not None and subject_is.search(before) is not None
