"""Text for a model and from it: what is removed before a model reads, what is put right after it has written."""

from __future__ import annotations

import re
import unicodedata

from samo.domain.sentences import written_sentences

_SPACE_BEFORE_MARK = re.compile(r"\s+([.,!?;:…])")
_LONE_I = re.compile(r"\bi\b(?!\.)")
_CLOSED = re.compile(r"[.!?…]\W*$")


def readable(text: str) -> str:
    """The text without what is no language to a model: control, format and private characters, unpaired surrogates.

    Angle brackets go too, so that an entry that says `</s>` or `<extra_id_0>` cannot speak the tokenizer's own tokens.
    """
    kept = (" " if char in "<>" or unicodedata.category(char).startswith("C") else char for char in text)
    return " ".join("".join(kept).split())


def finished_sentences(text: str, *, cut_off: bool) -> tuple[str, ...]:
    """A model's text as sentences for people: spacing and capitals as one writes them.

    `cut_off` says that the model had no tokens left: a last sentence without an end is then dropped, or marked with an
    ellipsis if it is the only one.
    """
    spaced = _LONE_I.sub("I", _SPACE_BEFORE_MARK.sub(r"\1", readable(text)))
    sentences = [_capitalised(sentence) for sentence in written_sentences(spaced)]
    if cut_off and sentences and not _CLOSED.search(sentences[-1]):
        if len(sentences) > 1:
            return tuple(sentences[:-1])
        return (f"{sentences[0].rstrip(' ,;:')}…",)
    return tuple(sentences)


def _capitalised(sentence: str) -> str:
    word = sentence.split(maxsplit=1)[0]
    return sentence[:1].upper() + sentence[1:] if word.islower() else sentence
