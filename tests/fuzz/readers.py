"""Everything that reads what others wrote, as a function of bytes, with the named errors that may leave it."""

from __future__ import annotations

import base64
import contextlib
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from samo.adapters.object_paths import object_name, object_path
from samo.cli.schemas import CONTRACTS
from samo.domain.documents import decode
from samo.domain.errors import (
    AudioDamaged,
    AudioMissing,
    AudioUnreadable,
    DocumentInvalid,
    EventError,
    ModelUnavailable,
    ObjectNameUnsupported,
    RecordingEmpty,
    RecordingNameInvalid,
    RecordingTypeUnknown,
)
from samo.domain.events import AnalysisReady, InsightReady, TranscriptReady
from samo.domain.names import (
    emotions_name,
    event_failure_name,
    failure_name,
    insight_name,
    lease_name,
    parse_recording_name,
    transcript_name,
)
from samo.domain.recording import RecordingRef
from samo.domain.sentences import sentences_of, written_sentences
from samo.domain.transcript import Transcript
from samo.domain.written_text import written_words
from samo.inference.model_store.catalogue import read_channel, read_manifest
from samo.inference.speech.audio_container import open_sound
from samo.messages import Message, read_cloud_event, read_object_notice, read_payload
from samo.settings import (
    EmotionSettings,
    InsightsSettings,
    SettingsError,
    SummarizationSettings,
    TranscriptionSettings,
    read_settings,
    variable_of,
)
from tests.fakes.object_store import MemoryStore

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "documents"

QUOTED_AT_MOST = 24
"""The longest field name that an error may repeat has 21 characters. As many of anybody's words are a quotation."""

_SETTINGS = (TranscriptionSettings, EmotionSettings, SummarizationSettings, InsightsSettings)


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """`read` takes any bytes. `private` says that they may be a person's words, which no error repeats."""

    read: Callable[[bytes], object]
    errors: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]
    private: bool = True


class Leak(AssertionError):
    """An error repeats what it was given."""


def check(reader: Reader, data: bytes) -> None:
    """Read; raises whatever is not among the reader's errors, and `Leak` for one of them that quotes the input."""
    try:
        reader.read(data)
    except reader.errors as error:
        if reader.private and quotes(str(error), data):
            raise Leak(f"{type(error).__name__} repeats what it was given") from error


def quotes(message: str, data: bytes) -> bool:
    """Whether a stretch of the message longer than any field's name stands in the data as well."""
    said = data.decode("utf-8", "replace")
    return any(message[start : start + QUOTED_AT_MOST] in said for start in range(len(message) - QUOTED_AT_MOST + 1))


class _Event(dict[str, Any]):
    """A CloudEvent."""

    data: Any = None


def _read_event(data: bytes) -> None:
    """As functions-framework hands it over: parsed where it is JSON, and whatever it holds then."""
    event = _Event(id="1", eventType="OBJECT_FINALIZE")
    try:
        event.data = json.loads(data)
    except (ValueError, RecursionError):
        event.data = data
    message = read_cloud_event(event)
    for read in (
        read_object_notice,
        lambda message: read_payload(message, TranscriptReady),
        lambda message: read_payload(message, AnalysisReady),
        lambda message: read_payload(message, InsightReady),
    ):
        with contextlib.suppress(EventError):
            read(message)
    read_object_notice(Message(id="1", data=data))


def _read_manifest(data: bytes) -> None:
    store = MemoryStore("models")
    store.put("emotion/v1/manifest.json", data)
    read_manifest(store, "emotion", "v1")


def _read_channel(data: bytes) -> None:
    store = MemoryStore("models")
    store.put("emotion/channels/stable.json", data)
    read_channel(store, "emotion", "stable")


def _read_settings(data: bytes) -> None:
    values = data.decode("utf-8", "surrogateescape").split("\n")
    for kind in _SETTINGS:
        variables = [variable_of(field.name) for field in msgspec.structs.fields(kind)]
        with contextlib.suppress(SettingsError):
            read_settings(kind, dict(zip(variables, values, strict=False)))


def _read_object_name(data: bytes) -> None:
    name = data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("latin-1")
    with contextlib.suppress(ObjectNameUnsupported):
        assert object_name(object_path(name)) == name
    ref = RecordingRef(bucket="b", name=name, generation=1)
    failure_name("emotion", ref), lease_name("emotion", ref), event_failure_name("emotion", name)
    parse_recording_name(name)
    names = {transcript_name(ref), emotions_name(ref), insight_name(ref)}
    assert len(names) == 3


def _read_text(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert "".join(" ".join(written_sentences(text)).split()) == "".join(
        "".join(word.text for word in written_words(text)).split()
    )


def _read_transcript(data: bytes) -> None:
    """What follows a document that could be read: any times, any words."""
    sentences = sentences_of(decode(data, Transcript))
    starts = [sentence.start_s for sentence in sentences if sentence.start_s is not None]
    assert starts == sorted(starts)


def _read_audio(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(data)
        file.flush()
        with open_sound(Path(file.name)):
            pass


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _golden(*names: str) -> tuple[bytes, ...]:
    return tuple((GOLDEN / f"{name}.json").read_bytes() for name in names)


def _sounds() -> tuple[bytes, ...]:
    wav = (ROOT / "tests" / "audio" / "short.wav").read_bytes()[:4096]
    return (wav, b"fLaC" + bytes(60), b"OggS" + bytes(60), b"ID3\x03\x00\x00\x00\x00\x00\x10" + bytes(60))


def _documents() -> dict[str, Reader]:
    return {
        f"document {name}": Reader(
            read=lambda data, kind=kind: decode(data, kind),  # type: ignore[misc]
            errors=(DocumentInvalid,),
            seeds=_golden(name, *(earlier for earlier in (f"{name}-v1",) if (GOLDEN / f"{earlier}.json").exists())),
        )
        for name, kind in CONTRACTS.items()
    }


def _push(body: bytes) -> bytes:
    return json.dumps({"message": {"data": base64.b64encode(body).decode(), "messageId": "1"}}).encode()


_EVENTS: Sequence[bytes] = _golden("event-transcript-ready", "event-analysis-ready", "event-insight-ready")
_NOTICE = b'{"bucket":"recordings","name":"mia/day.m4a","generation":"1763631000123456","size":"71204"}'

READERS: dict[str, Reader] = {
    "event": Reader(
        read=_read_event, errors=(EventError,), seeds=(_NOTICE, *_EVENTS, *map(_push, (_NOTICE, *_EVENTS)))
    ),
    **_documents(),
    "sentences": Reader(read=_read_transcript, errors=(DocumentInvalid,), seeds=_golden("transcript")),
    "manifest": Reader(read=_read_manifest, errors=(ModelUnavailable,), seeds=_golden("model-manifest"), private=False),
    "channel": Reader(read=_read_channel, errors=(ModelUnavailable,), seeds=_golden("model-channel"), private=False),
    "settings": Reader(
        read=_read_settings,
        errors=(SettingsError,),
        seeds=(b"gs://results\ngs://leases\n600\ngs://m\np/t",),
        private=False,
    ),
    "object name": Reader(
        read=_read_object_name,
        errors=(RecordingNameInvalid, RecordingTypeUnknown),
        seeds=("josé/día 🌙.m4a".encode(), b"../%2F//.hidden.txt"),
        private=False,
    ),
    "text": Reader(read=_read_text, errors=(), seeds=("I am fine. 1) yes… “no!” 🎉\n- so".encode(),)),
    "audio": Reader(
        read=_read_audio,
        errors=(AudioDamaged, AudioMissing, AudioUnreadable, RecordingEmpty),
        seeds=_sounds(),
    ),
}
