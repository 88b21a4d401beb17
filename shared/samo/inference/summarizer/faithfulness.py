"""Whether an entry supports what a model wrote of it: names, numbers, negations and most of the words.

Rules on words, not on meaning: who did what to whom may still be turned round. Where they err they rather refuse a text
that is right, for there is a summary in the entry's own sentences to fall back to.
"""

from __future__ import annotations

from samo.domain.summary import FallbackReason
from samo.inference.summarizer.named_words import name_forms, unsupported_names
from samo.inference.summarizer.negations import denials_in, unsupported_negations
from samo.inference.summarizer.said_numbers import numbers_in, supported_numbers
from samo.inference.summarizer.word_forms import is_content, stem, words_of

MIN_SUPPORTED_SHARE = 1 / 3
"""Of a summary's content words, in any inflection, at least so many are the entry's."""


def unfaithful(text: str, source: str) -> FallbackReason | None:
    """Why `text` cannot stand as a summary of `source`, or None. Linear time; `text` is as the model wrote it."""
    if unsupported_names(text, name_forms(source)):
        return "unfaithful_name"
    if not numbers_in(text) <= supported_numbers(source):
        return "unfaithful_number"
    if unsupported_negations(denials_in(text), denials_in(source)):
        return "unfaithful_negation"
    if _supported_share(text, source) < MIN_SUPPORTED_SHARE:
        return "unfaithful_content"
    return None


def _supported_share(text: str, source: str) -> float:
    said = {stem(word) for word in words_of(source)}
    written = [stem(word) for word in words_of(text) if is_content(word)]
    return sum(word in said for word in written) / len(written) if written else 1.0
