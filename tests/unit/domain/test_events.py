"""Events: pointers with an identity, and not a word of what was said."""

from __future__ import annotations

import json

import msgspec
import pytest

from samo.domain.documents import encode_compact
from samo.domain.events import AnalysisReady, Event, InsightReady, ObjectPointer, TranscriptReady, event_id
from tests.unit.given_documents import REF


def pointer(name: str = "insights/mia/day/7.json", *, bucket: str = "results", generation: int = 9) -> ObjectPointer:
    """A pointer at one generation of a stored document."""
    return ObjectPointer(bucket=bucket, name=name, generation=generation)


EVENTS: list[Event] = [
    TranscriptReady(recording=REF, object=pointer()),
    AnalysisReady(recording=REF, part="summary", outcome="ok", object=pointer()),
    InsightReady(recording=REF, object=pointer()),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event_type)
def test_a_repeat_has_the_same_identity(event: Event) -> None:
    """A consumer that has seen it drops it."""
    assert event_id(event) == event_id(msgspec.json.decode(encode_compact(event), type=type(event)))


def test_the_identity_is_the_same_in_every_release() -> None:
    """Frozen: consumers remember identities for longer than a release lives."""
    assert [event_id(event) for event in EVENTS] == [
        "8e896b4b3da0769350764996b4c4fb517897c26c90542bff376eb4f017285e9f",
        "750bbe353e3e2906d065948c42f68304899ea65c903d689098ba28adac7c3ac4",
        "789a86e8ec407241a193d2f82a270b3cec48098e4bed2cc1dd108b24247e854f",
    ]


def test_different_documents_have_different_identities() -> None:
    """By the type of the event, the bucket and the name of the document."""
    events = [
        *EVENTS,
        InsightReady(recording=REF, object=pointer("insights/mia/day/8.json")),
        InsightReady(recording=REF, object=pointer(bucket="elsewhere")),
    ]

    assert len({event_id(event) for event in events}) == len(events)


@pytest.mark.parametrize("name", ["insights/josé/día 🌙/7.json", "x" * 1024, "\ud800"])
def test_the_identity_fits_a_message_attribute(name: str) -> None:
    """64 characters of ASCII, whatever the document's name."""
    identity = event_id(InsightReady(recording=REF, object=pointer(name)))

    assert len(identity) == 64
    assert identity.isascii()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event_type)
def test_an_event_is_a_pointer_and_nothing_else(event: Event) -> None:
    """Names, generations and how it went: there is no field that could hold a user's words."""
    fields = json.loads(encode_compact(event))

    assert set(fields) <= {"schema_version", "recording", "object", "part", "outcome", "revision"}
    assert set(fields["recording"]) == set(fields["object"]) == {"bucket", "name", "generation"}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event_type)
def test_a_later_revision_is_no_repeat(event: Event) -> None:
    """A consumer that drops repeats must hear that an insight was replaced, once for each revision."""
    later = [msgspec.structs.replace(event, revision=revision) for revision in (1, 2, 3, 2)]

    first, second, third, again = (event_id(each) for each in later)

    assert len({event_id(event), first, second, third}) == 3
    assert (first, again) == (event_id(event), second)
