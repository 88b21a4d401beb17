"""No reader lets another error out than those it declares, and none of these repeats what it was given.

`make fuzz` goes on where these examples end.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samo.domain.errors import DocumentInvalid
from tests.fuzz.readers import READERS, Leak, Reader, check, quotes

EXAMPLES = 60
SECRET = "what nobody else may read, told to a page at night"

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([SECRET, "", "1e999", "\ud800", "0" * 400]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([SECRET, "text", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)

EVERY_READER = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
EVERY_JSON_READER = pytest.mark.parametrize(
    "reader", [reader for reader in READERS.values() if reader.seeds[0][:1] == b"{"]
)


@EVERY_READER
def test_every_seed_is_read_or_refused_by_name(reader: Reader) -> None:
    """The starting points of the fuzzer, and what is left of them when they are cut off."""
    for seed in reader.seeds:
        for length in {0, 1, 8, len(seed) // 2, len(seed) - 1, len(seed)}:
            check(reader, seed[:length])


@EVERY_READER
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_changed_bytes_are_read_or_refused_by_name(reader: Reader, data: st.DataObject) -> None:
    """Somewhere in a seed other bytes stand, or nothing of a seed is left."""
    seed = data.draw(st.sampled_from(reader.seeds))
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    inserted = data.draw(st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8")))

    check(reader, seed[:start] + inserted + seed[end:])
    check(reader, inserted)


@EVERY_JSON_READER
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_changed_values_are_read_or_refused_by_name(reader: Reader, data: st.DataObject) -> None:
    """Anywhere in a document another value stands, or none, or one more; some of them are somebody's secret."""
    document = json.loads(data.draw(st.sampled_from(reader.seeds)))
    for _ in range(data.draw(st.integers(1, 3))):
        place, key = data.draw(st.sampled_from(_places(document)))
        if data.draw(st.booleans()):
            place[key] = data.draw(ANY_JSON)
        elif isinstance(place, dict):
            del place[key]
        else:
            place.append(data.draw(ANY_JSON))
        if not document:
            break

    check(reader, json.dumps(document).encode())


@EVERY_READER
@pytest.mark.parametrize(
    "data",
    [b"[" * 200_000, b'{"message":' * 100_000, b'{"a":' * 100_000, b'"' * 100_000, b"\x00" * 4096, b"9" * 100_000],
    ids=["lists", "messages", "objects", "quotes", "zeros", "digits"],
)
def test_monstrous_input_is_refused_by_name(reader: Reader, data: bytes) -> None:
    """Nesting and numbers beyond what any parser's stack holds."""
    check(reader, data)


def test_an_error_that_quotes_is_found() -> None:
    """The fuzzer's own eyes: a reader that repeats its input does not pass."""

    def repeat(data: bytes) -> None:
        raise DocumentInvalid(f"cannot read {data.decode()}")

    with pytest.raises(Leak):
        check(Reader(read=repeat, errors=(DocumentInvalid,), seeds=()), SECRET.encode())


def test_a_field_name_is_no_quotation() -> None:
    """An error may say which field is missing."""
    assert not quotes("missing required field `no_speech_probability`", b'{"no_speech_probability": 1}')


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every container in the document with each of its keys."""
    if isinstance(document, dict):
        children = list(document.items())
    elif isinstance(document, list):
        children = list(enumerate(document))
    else:
        return []
    return [(document, key) for key, _ in children] + [place for _, child in children for place in _places(child)]
