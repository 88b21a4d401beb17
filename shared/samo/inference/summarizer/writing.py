"""How a model writes a summary of each length; the build's gate judges it by the same options."""

from __future__ import annotations

from collections.abc import Mapping

from samo.domain.summary import SummaryLength
from samo.inference.t5.options import GenerationOptions

# Beam 4, length penalty 0.8 and no repeated pair of tokens are the product's choice for T5. A pair comes back by
# itself in a long text ("I was … I was"), so there it is three. No minimum: one would invent text.
WRITING: Mapping[SummaryLength, GenerationOptions] = {
    "short": GenerationOptions(
        beams=4, max_new_tokens=32, length_penalty=0.8, no_repeat_ngram=2, early_stopping=True
    ),
    "medium": GenerationOptions(
        beams=4, max_new_tokens=80, length_penalty=0.8, no_repeat_ngram=2, early_stopping=True
    ),
    "long": GenerationOptions(
        beams=4, max_new_tokens=192, length_penalty=0.8, no_repeat_ngram=3, early_stopping=True
    ),
}  # fmt: skip
