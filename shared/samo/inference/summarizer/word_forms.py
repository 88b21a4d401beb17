"""Words as the checks compare them: without case and inflection, and which of them carry content."""

from __future__ import annotations

import re
import unicodedata

from samo.inference.summarizer.irregular_forms import BASE_OF

WORD = re.compile(r"\w+(?:['’]\w+)*")
_ENDING = re.compile(r"(?:at(?:ed|es?|ing|ions?)|ings?|edly|i?ness|ied|ed|ies|ily|es|s|ly|y|e)$")
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1$")
_MIN_STEM = 3


def word_set(listed: str) -> frozenset[str]:
    """The words of a list that is written as one string."""
    return frozenset(listed.split())


FUNCTION_WORDS = word_set(
    "a about above after again against all almost along already also although always am among an and another any"
    " anyone anything are around as at away back be because been before being below beneath beside besides between"
    " beyond both but by can could despite did do does doing done down due during each either else enough especially"
    " etc even eventually ever every everybody everyone everything except few finally first for from further"
    " furthermore get gets getting given go goes going got had has have having he hence her here hers herself him"
    " himself his how however i i'd i'll i'm i've if in indeed instead into is it it's its itself just last lastly"
    " later least less let like lot lots many may maybe me meanwhile might mine more moreover most much must my myself"
    " near nearly next now of off often on once one only onto or other others otherwise our ours ourselves out outside"
    " over own per perhaps quite rather really same seems several shall she should simply since so some somebody"
    " somehow someone something sometimes somewhere soon still such than that that's the their theirs them themselves"
    " then there there's therefore these they this those though through throughout thus till to today together"
    " tomorrow too toward towards under unless until up upon us very via was we well were what whatever when whenever"
    " where whereas whether which while who whoever whole whom whose why will with within would yes yesterday yet you"
    " you're your yours yourself"
)


def words_of(text: str) -> list[str]:
    """All words in order, case folded, with straight apostrophes."""
    return WORD.findall(text.casefold().replace("’", "'"))


def unaccented(word: str) -> str:
    """The word without accents: "zurich" for "zürich"."""
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


def stem(word: str) -> str:
    """A rough stem of a case-folded word, the same for "tell", "tells", "told" and "telling". Not a word itself."""
    bare = word.removesuffix("'s")
    base = BASE_OF.get(bare, bare)
    short = _ENDING.sub("", base)
    short = short if len(short) >= _MIN_STEM else base
    # "Stopped" is "stop": a consonant that an ending doubled counts once, and so does one that was double before.
    return _DOUBLED.sub(r"\1", short) if len(short) > _MIN_STEM else short


def is_content(word: str) -> bool:
    """Whether a case-folded word says what a text is about."""
    return len(word) > 1 and word not in FUNCTION_WORDS and not word.isdecimal()
