"""Text for a model and from it: what is removed before a model reads, what is put right after it has written."""

from __future__ import annotations

import re
import unicodedata

from samo.domain.sentences import written_sentences

_SPACE_BEFORE_MARK = re.compile(r"\s+([.,!?;:…])")
# English punctuation, for a model writes English; the extractive summary knows that of other scripts, too.
_ENGLISH_END = re.compile(r"[.!?…]\W*$")
_LONE_I = re.compile(r"\bi\b(?!\.)")
# A tokenizer's own tokens: `</s>`, `<pad>`, `<extra_id_0>`, `<|end|>`. "I <3 you" and "3 < 4" are none.
_MARK = re.compile(r"<(/?[^\W\d][\w|]*|\|[\w|]*)>")


def readable(text: str) -> str:
    """The text without what is no language to a model: control, format and private characters, unpaired surrogates.

    What looks like one of the tokenizer's own tokens loses its brackets, so that an entry that says `</s>` or
    `<extra_id_0>` cannot speak for it.
    """
    kept = "".join(" " if unicodedata.category(char).startswith("C") else char for char in text)
    return " ".join(_MARK.sub(r" \1 ", kept).split())


def finished_sentences(text: str, *, cut_off: bool) -> tuple[str, ...]:
    """A model's text as sentences for people: spacing and capitals as one writes them.

    `cut_off` says that the model had no tokens left: a last sentence without an end is then dropped, or marked with an
    ellipsis if it is the only one.
    """
    spaced = _LONE_I.sub("I", _SPACE_BEFORE_MARK.sub(r"\1", readable(text)))
    sentences = [_capitalised(sentence) for sentence in written_sentences(spaced)]
    if cut_off and sentences and not _ENGLISH_END.search(sentences[-1]):
        if len(sentences) > 1:
            return tuple(sentences[:-1])
        return (f"{sentences[0].rstrip(' ,;:')}…",)
    return tuple(sentences)


def _capitalised(sentence: str) -> str:
    word = sentence.split(maxsplit=1)[0]
    return sentence[:1].upper() + sentence[1:] if word.islower() else sentence
