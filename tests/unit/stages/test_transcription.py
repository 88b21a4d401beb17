"""Transcription: a stored recording becomes a transcript, or a record of why it cannot."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from samo.domain import errors
from samo.domain.documents import decode
from samo.domain.errors import (
    AudioUnreadable,
    EventForeignBucket,
    EventInvalid,
    LeaseHeld,
    ModelUnavailable,
    ObjectNotFound,
    PublishFailed,
    RecordingEmpty,
    RecordingGone,
    RecordingNameInvalid,
    RecordingSuperseded,
    RecordingTooLarge,
    RecordingTypeUnknown,
    StoreUnavailable,
    TextNotUtf8,
    TextTooLong,
)
from samo.domain.events import TranscriptReady, event_id
from samo.domain.hints import TranscriptionHints
from samo.domain.names import failure_name, subtitles_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.sentences import sentences_of
from samo.domain.transcript import Transcript
from samo.messages import Message
from samo.stages.effect import Outcome
from tests.fakes.object_store import Request
from tests.unit.stages.given_stages import (
    MAX_AUDIO_BYTES,
    MAX_TEXT_BYTES,
    NOW,
    World,
    expected_failure,
    notification,
)

WORDS = "I was sad. Then Ben called."


@pytest.fixture
def world() -> World:
    """Empty buckets, an empty topic."""
    return World()


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which all temporary files of a test are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def transcript_of(world: World, ref: RecordingRef) -> Transcript:
    """The stored transcript."""
    return decode(world.results.content(transcript_name(ref)), Transcript)


# A recording becomes a transcript.


def test_a_spoken_entry_becomes_a_transcript(world: World) -> None:
    """The engine hears exactly the stored bytes; the transcript is stored and announced once."""
    ref = world.upload("mia/day.M4A", WORDS.encode())

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("committed")
    [(path, heard)] = world.transcriber.heard
    assert heard == WORDS.encode()
    assert path.suffix == ".m4a"
    transcript = transcript_of(world, ref)
    assert (transcript.recording, transcript.text, transcript.created_at) == (ref, WORDS, NOW)
    assert world.topic.events == [TranscriptReady(recording=ref, object=world.live_pointer(transcript_name(ref)))]
    assert world.leases.names == []


def test_subtitles_lie_beside_the_transcript(world: World) -> None:
    """Whoever is told of the transcript finds them."""
    ref = world.upload("mia/day.m4a", WORDS.encode())
    world.transcription().handle(notification(ref))

    stem = f"transcripts/mia/day/{ref.generation}"
    assert world.results.names == [f"{stem}.json", f"{stem}.srt", f"{stem}.vtt"]
    assert world.results.content(f"{stem}.vtt").startswith(b"WEBVTT\n\n00:00:00.000 --> ")
    assert world.results.content_type(f"{stem}.vtt") == "text/vtt; charset=utf-8"
    assert b"\r\nThen Ben called.\r\n" in world.results.content(f"{stem}.srt")
    written = [request.name for request in world.results.requests if request.operation == "create"]
    assert written == [f"{stem}.srt", f"{stem}.vtt", f"{stem}.json"]


def test_subtitles_of_an_interrupted_attempt_are_no_obstacle(world: World) -> None:
    """The worker died between subtitles and transcript."""
    ref = world.upload("mia/day.m4a", WORDS.encode())
    world.results.put(subtitles_name(ref, "srt"), b"earlier")

    assert world.transcription().handle(notification(ref)) == Outcome("committed")
    assert world.results.content(subtitles_name(ref, "srt")) == b"earlier"


def test_hints_of_the_object_reach_the_engine_and_the_transcript(world: World) -> None:
    """From the metadata that the sender gave; one that cannot be used is named."""
    metadata = {"language": "de-AT", "hotwords": "Jaus\x00e"}
    info = world.recordings.put("mia/day.m4a", WORDS.encode(), metadata=metadata)
    ref = RecordingRef(bucket=world.recordings.bucket, name=info.name, generation=info.generation)

    world.transcription().handle(notification(ref))

    assert transcript_of(world, ref).hints == TranscriptionHints(language="de", ignored=("hotwords",))


def test_a_written_entry_is_its_own_transcript(world: World) -> None:
    """No engine is asked; there is nothing that only speech has."""
    ref = world.upload("mia/day.txt", WORDS.encode())

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("committed")
    assert world.transcriber.heard == []
    assert transcript_of(world, ref) == Transcript(
        recording=ref,
        source="text",
        text=WORDS,
        empty_reason=None,
        language=None,
        language_probability=None,
        segments=(),
        confidence=None,
        words_per_minute=None,
        audio=None,
        quality=None,
        dropped=(),
        hints=None,
        warnings=(),
        made_by=None,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfDear diary", "Dear diary"),
        (b"\r\n\r\n  Dear diary\r\n", "Dear diary"),
        (b"Monday\r\nIt rained.\rAgain.", "Monday\r\nIt rained.\rAgain."),
        ("Día 🌙 – 日記".encode(), "Día 🌙 – 日記"),
        (b'I could read & write <3 \'twas "fine"', 'I could read & write <3 \'twas "fine"'),
        ("e\u0301 is not \u00e9".encode(), "e\u0301 is not \u00e9"),
    ],
    ids=["byte order mark", "around", "line ends", "unicode", "marks", "not normalised"],
)
def test_a_written_entry_keeps_what_was_written(world: World, data: bytes, text: str) -> None:
    """Only what no reader sees goes: the byte order mark, and white space around the whole."""
    ref = world.upload("mia/day.txt", data)

    world.transcription().handle(notification(ref))

    transcript = transcript_of(world, ref)
    assert (transcript.text, transcript.empty_reason) == (text, None)


def test_line_ends_of_any_system_part_sentences(world: World) -> None:
    """A carriage return never ends up inside a sentence."""
    ref = world.upload("mia/day.txt", b"A good day\r\nI slept well\rI ate")

    world.transcription().handle(notification(ref))

    assert [sentence.text for sentence in sentences_of(transcript_of(world, ref))] == [
        "A good day",
        "I slept well",
        "I ate",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b" ",
        b"\r\n\t\r\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf \n",
        "\u00a0\u3000".encode(),
        "\u200b\ufeff\u2060".encode(),
        b"\0\0",
    ],
    ids=["space", "lines", "mark", "mark and line", "wide spaces", "zero width", "NUL"],
)
def test_a_written_entry_without_a_word_is_blank(world: World, data: bytes) -> None:
    """An entry that gives no sentence has a reason for it, so that nobody finds it "even-toned"."""
    ref = world.upload("mia/day.txt", data)

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("committed")
    transcript = transcript_of(world, ref)
    assert transcript.empty_reason == "blank_text"
    assert sentences_of(transcript) == ()


def test_a_written_entry_of_one_emoji_is_not_blank(world: World) -> None:
    """It says something."""
    ref = world.upload("mia/day.txt", "🎉".encode())

    world.transcription().handle(notification(ref))

    assert transcript_of(world, ref).empty_reason is None


@pytest.mark.parametrize(("name", "limit"), [("mia/day.wav", MAX_AUDIO_BYTES), ("mia/day.txt", MAX_TEXT_BYTES)])
def test_a_recording_of_the_largest_size_is_accepted(world: World, name: str, limit: int) -> None:
    """The limit itself is allowed."""
    ref = world.upload(name, b"a" * limit)

    assert world.transcription().handle(notification(ref)) == Outcome("committed")


# A recording that cannot be processed is recorded, and acknowledged.


@pytest.mark.parametrize(
    ("name", "data", "error", "reason"),
    [
        ("mia/day.wav", b"", RecordingEmpty, "the object holds 0 bytes"),
        ("mia/day.txt", b"", RecordingEmpty, "the object holds 0 bytes"),
        ("mia/day.wav", b"a" * 1001, RecordingTooLarge, "1001 bytes, and at most 1000 are accepted"),
        ("mia/day.txt", b"a" * 101, TextTooLong, "101 bytes, and at most 100 are accepted"),
        ("mia/day.txt", b"fine \xff\xfe", TextNotUtf8, "byte 5 is not where UTF-8 can have it"),
        ("mia/day.txt", "día".encode("utf-16"), TextNotUtf8, "byte 0 is not where UTF-8 can have it"),
        ("mia/day.pdf", b"%PDF", RecordingTypeUnknown, "the suffix '.pdf' is none of the supported types"),
        ("mia/day", b"words", RecordingTypeUnknown, "the suffix '' is none of the supported types"),
        ("day.wav", b"RIFF", RecordingNameInvalid, "the object name is not {user}/{entry}.{type}"),
    ],
    ids=["empty audio", "empty text", "large", "long", "bytes", "UTF-16", "type", "no type", "no user"],
)
def test_a_recording_that_cannot_be_processed_gets_a_failure_record(
    world: World, name: str, data: bytes, error: type[errors.PermanentError], reason: str
) -> None:
    """Code, reason and advice, and no word of the entry; nobody is told of a transcript."""
    ref = world.upload(name, data)

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("failed", error.code)
    assert world.failure("transcription", ref) == expected_failure("transcription", ref, error, reason)
    assert world.results.names == [failure_name("transcription", ref)]
    assert world.topic.events == []
    assert world.leases.names == []
    assert world.transcriber.heard == []


def test_what_is_too_large_is_not_even_read(world: World) -> None:
    """The limit protects memory and time, so it must come first."""
    ref = world.upload("mia/day.wav", b"a" * (MAX_AUDIO_BYTES + 1))

    world.transcription().handle(notification(ref))

    assert {request.operation for request in world.recordings.requests} == {"stat"}


def test_the_size_is_the_stored_one_not_the_announced_one(world: World) -> None:
    """Whoever writes the message does not set the limit."""
    ref = world.upload("mia/day.wav", b"a" * (MAX_AUDIO_BYTES + 1))

    outcome = world.transcription().handle(notification(ref, size="1"))

    assert outcome == Outcome("failed", "recording_too_large")


def test_what_the_engine_cannot_read_gets_a_failure_record(world: World) -> None:
    """Its error carries the code and the reason."""
    ref = world.upload("mia/day.wav", b"\x89PNG")
    world.transcriber.failure = AudioUnreadable("no audio in any known container")

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("failed", "audio_unreadable")
    expected = expected_failure("transcription", ref, AudioUnreadable, "no audio in any known container")
    assert world.failure("transcription", ref) == expected


def test_a_failure_record_repeats_no_word_of_the_entry(world: World) -> None:
    """Not even of one that is almost text."""
    ref = world.upload("mia/day.txt", b"My secret sorrow\xff")

    world.transcription().handle(notification(ref))

    record = world.results.content(failure_name("transcription", ref)).decode()
    assert not any(word in record for word in ("secret", "sorrow"))


@pytest.mark.parametrize("name", [f"{'a' * 1018}/d.wav", f"{'日' * 339}/d.wav", f"{'a' * 5000}/d.wav"])
def test_the_failure_of_a_name_too_long_for_results_can_still_be_stored(world: World, name: str) -> None:
    """The longest names that Cloud Storage allows, and longer ones; the record holds the whole name."""
    ref = RecordingRef(bucket=world.recordings.bucket, name=name, generation=7)
    assert len(name.encode()) >= 1_023

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("failed", "recording_name_invalid")
    [record] = world.results.names
    assert failure_name("transcription", ref) == record
    assert world.failure("transcription", ref).recording == ref


def test_a_generation_that_fits_no_name_is_refused(world: World) -> None:
    """The message becomes a rejected event instead of trouble for ever."""
    message = notification(RecordingRef(bucket="recordings", name="mia/day.wav", generation=10**1_100))

    with pytest.raises(errors.PermanentError):
        world.transcription().handle(message)


# Which generation of a recording counts.


def test_a_recording_that_is_gone_gets_a_failure_record(world: World) -> None:
    """Deleted between the upload and the event."""
    ref = world.upload("mia/day.wav", b"RIFF")
    world.recordings.delete(ref.name, generation=ref.generation)

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("failed", "recording_gone")
    expected = expected_failure("transcription", ref, RecordingGone, "the object no longer exists")
    assert world.failure("transcription", ref) == expected


def test_a_superseded_generation_gets_a_failure_record(world: World) -> None:
    """Only the upload that is live is processed, whatever order the events come in."""
    old = world.upload("mia/day.wav", b"old")
    new = world.upload("mia/day.wav", b"new")

    outcomes = [world.transcription().handle(notification(ref)) for ref in (new, old)]

    assert outcomes == [Outcome("committed"), Outcome("failed", "recording_superseded")]
    reason = f"generation {old.generation} was replaced by {new.generation}"
    assert world.failure("transcription", old) == expected_failure("transcription", old, RecordingSuperseded, reason)
    assert transcript_of(world, new).text == "new"


@pytest.mark.parametrize(("name", "reading"), [("mia/day.wav", "chunks"), ("mia/day.txt", "read")])
def test_a_recording_overwritten_while_it_is_read_is_superseded(world: World, name: str, reading: str) -> None:
    """Never a transcript of one generation with the bytes of another."""
    ref = world.upload(name, b"old")

    def overwrite(request: Request) -> None:
        if request.operation == reading:
            world.recordings.before = None
            world.upload(name, b"new")

    world.recordings.before = overwrite

    assert world.transcription().handle(notification(ref)) == Outcome("failed", "recording_superseded")


def test_a_recording_deleted_while_it_is_read_is_gone(world: World) -> None:
    """The same, without a successor."""
    ref = world.upload("mia/day.wav", b"old")

    def delete(request: Request) -> None:
        if request.operation == "chunks":
            world.recordings.delete(ref.name, generation=ref.generation)

    world.recordings.before = delete

    assert world.transcription().handle(notification(ref)) == Outcome("failed", "recording_gone")


def test_a_store_that_contradicts_itself_is_asked_again(world: World) -> None:
    """There when looked at, not there when read, there again: nothing permanent follows from that."""
    ref = world.upload("mia/day.wav", WORDS.encode())

    def miss(request: Request) -> None:
        if request.operation == "chunks":
            raise ObjectNotFound(request.name)

    world.recordings.before = miss
    with pytest.raises(StoreUnavailable):
        world.transcription().handle(notification(ref))
    assert (world.results.names, world.leases.names) == ([], [])

    world.recordings.before = None
    assert world.transcription().handle(notification(ref)) == Outcome("committed")


# Messages.


@pytest.mark.parametrize("event_type", ["OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"])
def test_other_notifications_are_ignored(world: World, event_type: str) -> None:
    """Only a finished upload is a recording."""
    ref = world.upload("mia/day.wav", WORDS.encode())

    outcome = world.transcription().handle(notification(ref, event_type=event_type))

    assert outcome == Outcome("ignored")
    assert (world.results.names, world.topic.events) == ([], [])


def test_a_notification_without_a_type_is_of_an_upload(world: World) -> None:
    """As Eventarc sends it, whose subscriptions are to one type each."""
    ref = world.upload("mia/day.wav", WORDS.encode())

    assert world.transcription().handle(notification(ref, event_type=None)) == Outcome("committed")


@pytest.mark.parametrize("name", ["mia/", "mia/2026/"])
def test_a_folder_placeholder_is_ignored(world: World, name: str) -> None:
    """Consoles store it; nobody made a mistake that a failure record could explain."""
    ref = world.upload(name, b"")

    assert world.transcription().handle(notification(ref)) == Outcome("ignored")
    assert world.results.names == []


def test_an_event_of_a_foreign_bucket_is_refused(world: World) -> None:
    """Before anything is looked up, even of what would be ignored."""
    world.upload("mia/day.wav", WORDS.encode())
    foreign = RecordingRef(bucket="elsewhere", name="mia/day.wav", generation=1)

    for message in (notification(foreign), notification(foreign, event_type="OBJECT_DELETE")):
        with pytest.raises(EventForeignBucket):
            world.transcription().handle(message)

    assert (world.results.names, world.recordings.requests) == ([], [])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"name": "mia/day.wav"}',
        json.dumps({"bucket": "recordings", "name": "mia/day.wav", "generation": "seven"}).encode(),
        json.dumps({"bucket": "recordings", "name": ["mia"], "generation": "7"}).encode(),
    ],
)
def test_a_message_that_is_no_notification_is_refused(world: World, data: bytes) -> None:
    """By the named error, which does not repeat it."""
    with pytest.raises(EventInvalid) as refused:
        world.transcription().handle(Message(id="7001", data=data))

    assert f"({len(data)} bytes)" in str(refused.value)
    assert "mia" not in str(refused.value)


# At least once, and exactly one effect.


def test_a_repeat_publishes_the_same_event_again(world: World) -> None:
    """Nothing is transcribed twice; a consumer sees by the identity that it is the same."""
    ref = world.upload("mia/day.wav", WORDS.encode())
    world.transcription().handle(notification(ref))
    before = world.results.names
    world.clock.advance(60)

    outcome = world.transcription().handle(notification(ref))

    assert outcome == Outcome("replayed")
    first, second = world.topic.events
    assert first == second
    assert event_id(first) == event_id(second)
    assert before == world.results.names
    assert len(world.transcriber.heard) == 1


def test_a_repeat_of_a_failure_changes_nothing(world: World) -> None:
    """The record is written once, with the time of the first."""
    ref = world.upload("mia/day.wav", b"")
    world.transcription().handle(notification(ref))
    world.clock.advance(60)

    assert world.transcription().handle(notification(ref)) == Outcome("replayed")

    assert world.failure("transcription", ref).created_at == NOW


def test_a_repeat_of_an_invalid_name_changes_nothing(world: World) -> None:
    """It has no lease, and needs none."""
    ref = world.upload("day.wav", b"RIFF")
    world.transcription().handle(notification(ref))
    world.clock.advance(60)

    assert world.transcription().handle(notification(ref)) == Outcome("failed", "recording_name_invalid")

    assert world.failure("transcription", ref).created_at == NOW


def test_a_held_lease_is_waited_for(world: World) -> None:
    """Nothing is read, nothing heard, nothing written while another worker is on it."""
    ref = world.upload("mia/day.wav", WORDS.encode())
    world.hold_lease("transcription", ref)

    with pytest.raises(LeaseHeld):
        world.transcription().handle(notification(ref))

    assert (world.recordings.requests, world.transcriber.heard, world.results.names) == ([], [], [])


@pytest.mark.parametrize("bucket", ["recordings", "results", "leases"])
def test_a_store_out_of_reach_leaves_nothing_behind(world: World, bucket: str) -> None:
    """The delivery fails; the redelivery after the outage does everything."""
    ref = world.upload("mia/day.wav", WORDS.encode())
    getattr(world, bucket).reachable = False

    with pytest.raises(StoreUnavailable):
        world.transcription().handle(notification(ref))

    assert (world.results.names, world.leases.names, world.topic.events) == ([], [], [])
    getattr(world, bucket).reachable = True
    assert world.transcription().handle(notification(ref)) == Outcome("committed")


@pytest.mark.parametrize(
    "failure", [ModelUnavailable("no version is published"), RuntimeError("out of memory"), SystemExit(143)]
)
def test_a_worker_that_is_disturbed_leaves_nothing_behind(world: World, failure: BaseException) -> None:
    """A model out of reach, an unknown error, the end of the instance: the lease is given back at once."""
    ref = world.upload("mia/day.wav", WORDS.encode())
    world.transcriber.failure = failure

    with pytest.raises(type(failure)):
        world.transcription().handle(notification(ref))

    assert (world.results.names, world.leases.names, world.topic.events) == ([], [], [])
    world.transcriber.failure = None
    assert world.transcription().handle(notification(ref)) == Outcome("committed")


def test_a_topic_out_of_reach_is_made_up_for(world: World) -> None:
    """The transcript is kept; the redelivery announces it."""
    ref = world.upload("mia/day.wav", WORDS.encode())
    world.topic.reachable = False
    with pytest.raises(PublishFailed):
        world.transcription().handle(notification(ref))
    assert world.leases.names == []

    world.topic.reachable = True

    assert world.transcription().handle(notification(ref)) == Outcome("replayed")
    assert len(world.topic.events) == 1
    assert len(world.transcriber.heard) == 1


# Temporary files.


@pytest.mark.parametrize("failure", [None, AudioUnreadable("no audio"), RuntimeError("out of memory")])
def test_the_copy_of_the_recording_is_removed(world: World, temporary_files: Path, failure: Exception | None) -> None:
    """However the transcription ends: on the platform's disk, which is memory, and for the user's privacy."""
    ref = world.upload("mia/day.wav", WORDS.encode())
    world.transcriber.failure = failure

    _whatever_it_raises(lambda: world.transcription().handle(notification(ref)))

    [(path, _)] = world.transcriber.heard
    assert path.is_relative_to(temporary_files)
    assert list(temporary_files.iterdir()) == []


def test_an_outage_while_the_recording_is_copied_leaves_no_file(world: World, temporary_files: Path) -> None:
    """Half a copy is removed, too."""
    ref = world.upload("mia/day.wav", WORDS.encode())

    def break_off(request: Request) -> None:
        if request.operation == "chunks":
            assert list(temporary_files.iterdir()) != []
            raise StoreUnavailable("connection reset")

    world.recordings.before = break_off

    with pytest.raises(StoreUnavailable):
        world.transcription().handle(notification(ref))

    assert list(temporary_files.iterdir()) == []


def _whatever_it_raises(act: Callable[[], object]) -> None:
    try:
        act()
    except RuntimeError:
        return
