"""What the sender of a recording says of it beforehand: its language, and words that are likely in it.

Hints come as metadata of the stored object, `language` and `hotwords`. A hint that cannot be used is left out and the
transcript says so: a recording that somebody spoke must not be lost for a label that somebody mistyped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal

import msgspec

HintName = Literal["language", "hotwords"]

# Whisper keeps at most 223 tokens of them, about 4 characters each.
MAX_HOTWORDS_CHARACTERS = 800

_CODES = """
af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja
jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq
sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh
"""

LANGUAGES = frozenset(_CODES.split())
"""The languages that Whisper was trained on, ISO 639 (and `jw`, its name for Javanese)."""


class TranscriptionHints(msgspec.Struct, frozen=True, kw_only=True):
    """The hints of one recording, checked. `ignored` names those that were given and are not used."""

    language: str | None = None
    hotwords: str | None = None
    ignored: tuple[HintName, ...] = ()


NO_HINTS = TranscriptionHints()


def hints_of(metadata: Mapping[str, str]) -> TranscriptionHints:
    """The hints in an object's metadata; blank values are none. Never raises: what is wrong is in `ignored`."""
    language, hotwords = metadata.get("language", "").strip(), metadata.get("hotwords", "").strip()
    used: dict[HintName, str | None] = {
        "language": language_code(language),
        "hotwords": hotwords if hotwords_problem(hotwords) is None else None,
    }
    given: dict[HintName, str] = {"language": language, "hotwords": hotwords}
    return TranscriptionHints(
        language=used["language"],
        hotwords=used["hotwords"] or None,
        ignored=tuple(name for name, value in given.items() if value and used[name] is None),
    )


def without_use_of(hints: TranscriptionHints) -> TranscriptionHints:
    """The hints of a recording whose engine can use none."""
    given: list[HintName] = [name for name in ("language", "hotwords") if getattr(hints, name) is not None]
    return TranscriptionHints(ignored=(*hints.ignored, *given)) if given else hints


def language_code(tag: str) -> str | None:
    """The language of a tag like `de` or `pt-BR`, in lower case; None for one that no Whisper knows."""
    code = tag.strip().lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else None


def hotwords_problem(hotwords: str) -> str | None:
    """Why these words cannot be a hint, or None. The reason repeats none of them."""
    if len(hotwords) > MAX_HOTWORDS_CHARACTERS:
        return f"{len(hotwords)} characters, and at most {MAX_HOTWORDS_CHARACTERS} are used"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in hotwords):
        return "control characters are no words"
    return None
