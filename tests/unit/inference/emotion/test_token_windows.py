"""Texts to windows of tokens, and windows to batches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from samo.inference.emotion.token_windows import (
    MAX_BATCH_ROWS,
    MAX_BATCH_TOKENS,
    Window,
    batches_of,
    padded,
    windows_of,
    with_windows,
)
from tests.unit.inference.emotion.given_classifiers import GOLDEN

LENGTH = 16
CLS, SEP = 2, 3


def a_tokenizer() -> Tokenizer:
    """The tokenizer of the word classifier, with windows of 16 tokens."""
    return with_windows(Tokenizer.from_file(str(GOLDEN / "tokenizer.json")), LENGTH)


@given(st.lists(st.lists(st.sampled_from(["joy", "fear", "grief"]), max_size=60), max_size=5))
def test_windows_hold_every_token_of_every_text(texts: list[list[str]]) -> None:
    """Each at most 16 long, framed by the special tokens; neighbours share four tokens, so nothing is only seen cut."""
    tokenizer = a_tokenizer()
    expected = [[tokenizer.token_to_id(word) for word in words] for words in texts]

    windows = windows_of(tokenizer, [" ".join(words) for words in texts])

    for text, ids in enumerate(expected):
        own = [window.ids for window in windows if window.text == text]
        assert all(len(window) <= LENGTH and (window[0], window[-1]) == (CLS, SEP) for window in own)
        rebuilt = own[0][1:-1]
        for window in own[1:]:
            rebuilt += window[5:-1]
        assert ids == rebuilt


@given(st.lists(st.integers(1, 2000), max_size=80))
def test_batches_hold_every_window_once_and_are_bounded(lengths: list[int]) -> None:
    """At most 16 rows and 1,024 tokens with padding, except one window that alone has more; shortest first."""
    windows = [Window(0, [1] * length) for length in lengths]

    batches = list(batches_of(windows))

    numbers = [number for batch in batches for number in batch]
    assert sorted(numbers) == list(range(len(lengths)))
    assert sorted(lengths) == [lengths[number] for number in numbers]
    for batch in batches:
        assert len(batch) <= MAX_BATCH_ROWS
        assert len(batch) == 1 or len(batch) * max(lengths[number] for number in batch) <= MAX_BATCH_TOKENS


def test_padding_is_masked() -> None:
    """Shorter rows are filled with zeros on the right, where the mask is zero, too."""
    input_ids, attention_mask = padded([[5, 6, 7], [8]])

    assert input_ids.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert attention_mask.tolist() == [[1, 1, 1], [1, 0, 0]]
