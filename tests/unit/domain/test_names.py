"""Object names: what an upload may be called, and where everything that is made of it lies."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from samo.domain.errors import RecordingNameInvalid, RecordingTypeUnknown
from samo.domain.names import (
    AUDIO_SUFFIXES,
    MAX_NAME_BYTES,
    Entry,
    StageName,
    emotions_name,
    event_failure_name,
    failure_name,
    insight_name,
    is_folder_placeholder,
    lease_name,
    parse_recording_name,
    report_name,
    summary_name,
    transcript_name,
)
from samo.domain.recording import RecordingRef

LONGEST_OBJECT_NAME = 1024
LARGEST_GENERATION = 2**63 - 1

RESULT_NAMES = [transcript_name, emotions_name, summary_name, insight_name, report_name]

# Whatever Unicode holds, with the characters that mean something here more often than by chance.
ANY_NAME = st.text(st.one_of(st.sampled_from("/.:%\\ \nawvtx0"), st.characters()), max_size=40) | st.text(
    st.characters(), min_size=250, max_size=1100
)
ENTRY_PATH = st.text(st.one_of(st.sampled_from("/. -é日"), st.characters(exclude_categories=["Cs"])), max_size=40)
TYPE = st.sampled_from([*sorted(AUDIO_SUFFIXES), ".txt"]).flatmap(lambda t: st.sampled_from([t, t.upper()]))
GENERATION = st.integers(1, LARGEST_GENERATION)


@st.composite
def recordings(draw: st.DrawFn) -> RecordingRef:
    """A recording whose name is accepted."""
    user = draw(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=20))
    name = f"{user}/{draw(ENTRY_PATH)}x{draw(TYPE)}"
    return RecordingRef(bucket="recordings", name=name, generation=draw(GENERATION))


def a_ref(name: str, generation: int = 7) -> RecordingRef:
    """The recording of this name."""
    return RecordingRef(bucket="recordings", name=name, generation=generation)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("mia/day.m4a", Entry("mia", "day", "audio")),
        ("mia/DAY.WAV", Entry("mia", "DAY", "audio")),
        ("mia/2026/11/20.txt", Entry("mia", "2026/11/20", "text")),
        ("mia/a.b.c.opus", Entry("mia", "a.b.c", "audio")),
        ("mia//day.flac", Entry("mia", "/day", "audio")),
        ("josé/día 🌙.mp3", Entry("josé", "día 🌙", "audio")),
        (" / .ogg", Entry(" ", " ", "audio")),
    ],
)
def test_a_name_says_whose_entry_it_is_and_of_what_kind(name: str, entry: Entry) -> None:
    """`{user}/{entry}.{type}`: further slashes belong to the entry, the type is read in any case."""
    assert entry == parse_recording_name(name)


@pytest.mark.parametrize("name", ["", "/", "day.wav", "/day.wav", "mia/", "mia//", "mia/2026/", "mia/day.wav/"])
def test_a_name_of_another_shape_is_refused(name: str) -> None:
    """Without a user or without an entry nobody could find the results again."""
    with pytest.raises(RecordingNameInvalid):
        parse_recording_name(name)


@pytest.mark.parametrize(
    "name", ["mia/day", "mia/day.", "mia/day.pdf", "mia/.wav", "mia/..", "mia/day.wav/.", "mia/wav"]
)
def test_a_name_of_another_type_is_refused(name: str) -> None:
    """The suffix decides, not what the bytes may be."""
    with pytest.raises(RecordingTypeUnknown):
        parse_recording_name(name)


@pytest.mark.parametrize("letter", ["a", "é", "日", "🌙"])
def test_a_name_may_have_800_bytes_in_utf_8(letter: str) -> None:
    """The limit is in bytes, as Cloud Storage's own."""
    free = MAX_NAME_BYTES - len("mia/.wav")
    longest = f"mia/{letter * (free // len(letter.encode()))}{'a' * (free % len(letter.encode()))}.wav"
    assert len(longest.encode()) == MAX_NAME_BYTES

    assert parse_recording_name(longest).user == "mia"

    with pytest.raises(RecordingNameInvalid, match=f"more than {MAX_NAME_BYTES} bytes"):
        parse_recording_name(longest.replace("mia/", "mias/"))


@given(name=ANY_NAME)
def test_any_name_is_read_or_refused_by_a_named_error(name: str) -> None:
    """Whatever arrives in an event: an entry whose parts make up the name, or one of two errors; nothing else."""
    try:
        entry = parse_recording_name(name)
    except (RecordingNameInvalid, RecordingTypeUnknown):
        return

    assert name.startswith(f"{entry.user}/{entry.entry}.")
    assert "/" not in name.removeprefix(f"{entry.user}/{entry.entry}")
    assert entry.entry


@given(
    name=ANY_NAME.filter(lambda name: not any("\ud800" <= letter <= "\udfff" for letter in name)), generation=GENERATION
)
def test_there_is_a_place_for_the_failure_of_any_name(name: str, generation: int) -> None:
    """Even a name that cannot be part of another one: every failure record can be stored."""
    for place in (failure_name("transcription", a_ref(name, generation)), event_failure_name("transcription", name)):
        assert len(place.encode()) <= LONGEST_OBJECT_NAME


@given(ref=recordings())
def test_every_result_of_an_accepted_name_can_be_stored(ref: RecordingRef) -> None:
    """The longest derived name still fits into an object name."""
    longest = ref.name.rjust(MAX_NAME_BYTES - len(ref.name.encode()) + len(ref.name), "u")
    places = [name_of(a_ref(longest, LARGEST_GENERATION)) for name_of in RESULT_NAMES]
    places += [name_of("summarization", a_ref(longest, LARGEST_GENERATION)) for name_of in (failure_name, lease_name)]

    assert max(len(place.encode()) for place in places) <= LONGEST_OBJECT_NAME


@given(one=recordings(), other=recordings())
def test_different_recordings_have_different_result_names(one: RecordingRef, other: RecordingRef) -> None:
    """No recording ever finds the result of another and takes it for its own.

    Uploads of one entry in two types are told apart by their generations alone.
    """
    assume((_without_type(one), one.generation) != (_without_type(other), other.generation))

    for name_of in RESULT_NAMES:
        assert name_of(one) != name_of(other)


@given(one=recordings(), other=recordings())
def test_different_recordings_have_different_leases_and_failure_records(one: RecordingRef, other: RecordingRef) -> None:
    """These carry the whole object name."""
    assume(one != other)

    assert failure_name("emotion", one) != failure_name("emotion", other)
    assert lease_name("emotion", one) != lease_name("emotion", other)


@given(ref=recordings())
def test_no_two_stages_write_the_same_name(ref: RecordingRef) -> None:
    """Results and failure records of one recording lie apart."""
    stages = get_args(StageName)
    places = [name_of(ref) for name_of in RESULT_NAMES] + [failure_name(stage, ref) for stage in stages]

    assert len(places) == len(set(places))


def test_names_are_laid_out_as_documented() -> None:
    """Consumers find documents by these names; a change breaks them."""
    ref = a_ref("mia/2026/day.m4a")

    assert transcript_name(ref) == "transcripts/mia/2026/day/7.json"
    assert emotions_name(ref) == "emotions/mia/2026/day/7.json"
    assert summary_name(ref) == "summaries/mia/2026/day/7.json"
    assert insight_name(ref) == "insights/mia/2026/day/7.json"
    assert report_name(ref) == "insights/mia/2026/day/7.html"
    assert failure_name("emotion", ref) == "failures/emotion/mia/2026/day.m4a/7.json"
    assert lease_name("emotion", ref) == "emotion/mia/2026/day.m4a/7.lease"
    assert event_failure_name("emotion", "1234567890") == "rejected-events/emotion/1234567890.json"


def test_a_name_too_long_for_another_is_replaced_by_its_digest() -> None:
    """Different long names still have different records."""
    one, other = (failure_name("transcription", a_ref(f"mia/{letter * 1000}.wav")) for letter in "ab")

    assert re.fullmatch(r"failures/transcription/[0-9a-f]{64}/7\.json", one)
    assert one != other


@pytest.mark.parametrize("message_id", ["", "../x", "a/b", "ümläut", "x" * 65, "\ud800"])
def test_a_message_id_that_is_no_plain_word_is_replaced_by_its_digest(message_id: str) -> None:
    """Whoever chooses a message id cannot choose where its record lies."""
    assert re.fullmatch(r"rejected-events/emotion/[0-9a-f]{64}\.json", event_failure_name("emotion", message_id))


@pytest.mark.parametrize(
    ("name", "placeholder"), [("mia/", True), ("mia/2026/", True), ("mia/day.wav", False), ("", False)]
)
def test_folder_placeholders_are_known_by_their_slash(name: str, placeholder: bool) -> None:
    """Consoles store an empty object of such a name to show a folder."""
    assert placeholder is is_folder_placeholder(name)


def _without_type(ref: RecordingRef) -> str:
    return ref.name.rpartition(".")[0]
