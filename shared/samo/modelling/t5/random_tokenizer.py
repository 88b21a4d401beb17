"""A tokenizer of the kind and the size of T5's, its pieces made up: it goes with the random weights."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from tokenizers import Tokenizer
from tokenizers.decoders import Metaspace as MetaspaceDecoder
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace

SPECIAL_TOKENS = ("<pad>", "</s>", "<unk>")

# As in published T5, which has 32100 entries and 32128 embeddings.
UNUSED = 28


def random_tokenizer(vocabulary: int) -> Tokenizer:
    """A tokenizer for a model of `vocabulary` embeddings: letters, then more and more syllables."""
    entries = vocabulary - UNUSED
    pieces = [*SPECIAL_TOKENS, *islice(_pieces(), entries - len(SPECIAL_TOKENS))]
    # Every piece costs nearly the same, so that a text becomes few and long ones.
    scores = [0.0] * len(SPECIAL_TOKENS) + [-10 - rank / entries for rank in range(entries - len(SPECIAL_TOKENS))]
    tokenizer = Tokenizer(Unigram(list(zip(pieces, scores, strict=True)), unk_id=SPECIAL_TOKENS.index("<unk>")))
    tokenizer.pre_tokenizer = Metaspace()
    tokenizer.decoder = MetaspaceDecoder()
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


def _pieces() -> Iterator[str]:
    yield "▁"
    for letter in "abcdefghijklmnopqrstuvwxyz":
        yield from (letter, f"▁{letter}")
    syllables = [consonant + vowel for consonant, vowel in product("bcdfghjklmnpqrstvwxz", "aeiou")]
    for length in range(1, 4):
        for word in map("".join, product(syllables, repeat=length)):
            yield from (word, f"▁{word}")
