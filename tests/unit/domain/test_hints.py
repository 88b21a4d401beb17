"""Hints from an object's metadata: used where they can be, named where they cannot, never an error."""

from __future__ import annotations

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.hints import (
    LANGUAGES,
    MAX_HOTWORDS_CHARACTERS,
    NO_HINTS,
    TranscriptionHints,
    hints_of,
    hotwords_problem,
    language_code,
    without_use_of,
)


def test_language_and_hotwords_are_read() -> None:
    """And nothing else that may stand beside them."""
    metadata = {"language": "pt-BR", "hotwords": " Seu Jorge, Tijuca ", "device": "phone"}

    assert hints_of(metadata) == TranscriptionHints(language="pt", hotwords="Seu Jorge, Tijuca")


@pytest.mark.parametrize("metadata", [{}, {"language": "", "hotwords": "  "}, {"Language": "de"}])
def test_without_hints_there_are_none(metadata: dict[str, str]) -> None:
    """Blank ones are none, and the names are exact."""
    assert hints_of(metadata) == NO_HINTS


@pytest.mark.parametrize("tag", ["klingon", "english", "x", "de;rm -rf", "日本語", "e n"])
def test_an_unknown_language_is_ignored_and_said_so(tag: str) -> None:
    """The entry is transcribed all the same, in the language that is found."""
    assert hints_of({"language": tag, "hotwords": "Ben"}) == TranscriptionHints(hotwords="Ben", ignored=("language",))


@pytest.mark.parametrize(
    "hotwords", ["a" * (MAX_HOTWORDS_CHARACTERS + 1), "Ben\x00", "Ben\nAda", "\x1b[31mBen", "\ud800"]
)
def test_hotwords_that_are_no_words_are_ignored_and_said_so(hotwords: str) -> None:
    """Too long, or with control characters; the reason repeats none of them."""
    assert hints_of({"language": "de", "hotwords": hotwords}) == TranscriptionHints(
        language="de", ignored=("hotwords",)
    )
    assert "Ben" not in (hotwords_problem(hotwords) or "")


def test_the_longest_hotwords_are_used() -> None:
    """The limit itself is allowed."""
    assert hints_of({"hotwords": "a" * MAX_HOTWORDS_CHARACTERS}).hotwords == "a" * MAX_HOTWORDS_CHARACTERS


@pytest.mark.parametrize(
    ("tag", "code"), [("de", "de"), ("DE", "de"), ("zh_Hant_TW", "zh"), (" en-GB ", "en"), ("yue", "yue")]
)
def test_tags_of_every_form_name_a_language(tag: str, code: str) -> None:
    """Case, region and script do not matter to Whisper."""
    assert language_code(tag) == code


def test_the_languages_are_those_of_whisper() -> None:
    """Neither more nor fewer."""
    assert frozenset(_LANGUAGE_CODES) == LANGUAGES


def test_an_engine_without_hints_says_so() -> None:
    """Those that were given are ignored; none given is none ignored."""
    assert without_use_of(NO_HINTS) == NO_HINTS
    assert without_use_of(TranscriptionHints(hotwords="Ben", ignored=("language",))) == TranscriptionHints(
        ignored=("language", "hotwords")
    )


@given(st.dictionaries(st.sampled_from(["language", "hotwords", "other"]), st.text(max_size=900)))
def test_no_metadata_is_an_error(metadata: dict[str, str]) -> None:
    """Whatever somebody writes there."""
    hints = hints_of(metadata)

    assert hints.language is None or hints.language in LANGUAGES
    assert hints.hotwords is None or hotwords_problem(hints.hotwords) is None
