"""Whether an entry supports what a model wrote of it: names, numbers, negations, and each sentence's words.

Rules on words, not on meaning. Where they err they rather refuse a text that is right, for there is a summary in the
entry's own sentences to fall back to. `samo evaluate faithfulness` measures them.
"""

from __future__ import annotations

from samo.domain.summary import FallbackReason
from samo.inference.summarizer.actors import unsupported_actors
from samo.inference.summarizer.named_words import source_words, unsupported_names
from samo.inference.summarizer.negations import claims_in, unsupported_negations
from samo.inference.summarizer.said_numbers import counted_things, numbers_in, supported_numbers
from samo.inference.summarizer.said_quantities import unsupported_quantities
from samo.inference.summarizer.support import Support


def unfaithful(text: str, source: str) -> FallbackReason | None:
    """Why `text` cannot stand as a summary of `source`, or None. Linear time; `text` is as the model wrote it."""
    if unsupported_names(text, source_words(source)):
        return "unfaithful_name"
    if _has_unsupported_numbers(text, source):
        return "unfaithful_number"
    if unsupported_negations(claims_in(text), claims_in(source)):
        return "unfaithful_negation"
    if Support(source).unsupported(text) or unsupported_actors(text, source):
        return "unfaithful_content"
    return None


def _has_unsupported_numbers(text: str, source: str) -> bool:
    if not numbers_in(text) <= supported_numbers(source) or unsupported_quantities(text, source):
        return True
    said, words = counted_things(source, reach=3), source_words(source).keys
    counts = {value for values in said.values() for value in values}
    for thing, values in counted_things(text).items():
        # Of a thing that the entry has: its own number, or one that counts nothing else there.
        wrong = values - said[thing] if thing in said else (values & counts if thing in words else set())
        if wrong:
            return True
    return False
