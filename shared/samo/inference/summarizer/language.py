"""Whether a text is English, the language that T5 learned to summarise."""

from __future__ import annotations

from collections.abc import Iterable

from samo.inference.summarizer.word_forms import word_set, words_of

MIN_SHARE = 0.08

# Frequent words of English that are no frequent words of other languages, as "in", "was" or "me" would be.
_ENGLISH = word_set(
    "the and i'm i've it it's that that's my but not with this for have you your they she her his their"
    " been being were would could should because about what when who how why just from very really think know feel"
    " felt feeling going get got don't didn't can't if there some more than then out up after before are"
    " our him them everything something someone again still always never today dont im"
)


def is_english(texts: Iterable[str]) -> bool:
    """Whether words that only English has often are at least `MIN_SHARE` of all; of English texts a third are."""
    total = english = 0
    for text in texts:
        for word in words_of(text):
            total += 1
            english += word in _ENGLISH
    return total > 0 and english / total >= MIN_SHARE
