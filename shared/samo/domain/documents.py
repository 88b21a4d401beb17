"""JSON, in and out: the only place that encodes, decodes or upgrades a document."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from samo.domain.errors import DocumentInvalid, DocumentTooLarge
from samo.domain.insight import Insight
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript

Document = TypeVar("Document", bound=msgspec.Struct)

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""The transcript of a day of speech, word by word, has some 40 MB."""

MAX_EARLIER_BYTES = 8 * 1024 * 1024
"""Documents of earlier versions were made from half an hour at most. To upgrade one takes 25 times its size."""

_MAX_VERSION_DIGITS = 10

_MISSING_FIELD = re.compile(r"Object (missing required field `\w+`)")


def encode(document: msgspec.Struct) -> bytes:
    """The document as indented UTF-8 JSON with a final newline: people open these files."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def encode_compact(document: msgspec.Struct) -> bytes:
    """The document as one line of UTF-8 JSON, for messages."""
    return msgspec.json.encode(document)


def decode(data: bytes, kind: type[Document]) -> Document:
    """Read a document of `kind`, upgrading one of an earlier schema version; unknown fields are ignored.

    Raises `DocumentInvalid`, naming the kind and the field, never the content, and `DocumentTooLarge`: at the sizes
    that are accepted, a document takes six times its size at most.
    """
    _require_at_most(MAX_DOCUMENT_BYTES, data, kind)
    try:
        msgspec.json.decode(data, type=msgspec.Raw)  # whether it is JSON at all, to its end
        if _is_current(data, kind):
            # Straight into the record: what no field asks for, however much of it there is, is skipped and not built.
            return msgspec.json.decode(data, type=kind)
        _require_at_most(MAX_EARLIER_BYTES, data, kind)
        raw = msgspec.json.decode(data)
        return msgspec.convert(_upgrade(raw, kind), kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentInvalid(f"not a {kind.__name__}: {_where(error)}") from None


def _require_at_most(limit: int, data: bytes, kind: type[msgspec.Struct]) -> None:
    if len(data) > limit:
        raise DocumentTooLarge(f"a {kind.__name__} of {len(data)} bytes, and at most {limit} are read")


class _Versioned(msgspec.Struct):
    """What is looked at first; everything else is skipped."""

    schema_version: msgspec.Raw = msgspec.Raw(b"1")


class _Holder(_Versioned):
    """The same of a document that holds others."""

    transcript: _Versioned | None = None
    summary: _Versioned | None = None


def _is_current(data: bytes, kind: type[msgspec.Struct]) -> bool:
    """Whether neither the document nor one inside it is of a version that has to be upgraded."""
    if kind not in _UPGRADED:
        return True
    try:
        found = msgspec.json.decode(data, type=_Holder)
    except msgspec.ValidationError:  # the decoder below says where
        return True
    parts = [(kind, found), *((inner, getattr(found, field)) for field, inner in _INNER.get(kind, {}).items())]
    return not any(part is not None and (of, _number(part.schema_version)) in _UPGRADES for of, part in parts)


def _number(raw: msgspec.Raw) -> int | None:
    digits = bytes(raw)
    return int(digits) if digits.isdigit() and len(digits) < _MAX_VERSION_DIGITS else None


def _where(error: Exception) -> str:
    if not isinstance(error, msgspec.ValidationError):
        return "malformed JSON"
    # msgspec's messages may quote a value before the path; only the path and a missing field's name are safe to repeat.
    _, marker, path = str(error).rpartition(" - at ")
    missing = _MISSING_FIELD.match(str(error))
    return f"{missing[1] if missing else 'invalid'} at {path if marker else '`$`'}"


def _upgrade(raw: Any, kind: type[msgspec.Struct]) -> Any:
    if not isinstance(raw, dict):
        return raw
    while isinstance(version := raw.get("schema_version"), int) and (step := _UPGRADES.get((kind, version))):
        raw = step(raw)
    for field, inner in _INNER.get(kind, {}).items():
        if field in raw:
            raw = {**raw, field: _upgrade(raw[field], inner)}
    return raw


def _transcript_1_to_2(raw: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew the decoded duration alone; version 2 keeps all measures of the audio and warnings."""
    duration_s = raw.get("duration_s")
    audio = None
    if duration_s is not None:
        audio = {
            "duration_s": duration_s,
            "container_s": None,
            "speech_s": duration_s,
            "sample_rate_hz": 16_000,
            "channels": 1,
            "codec": "unknown",
        }
    upgraded = {key: value for key, value in raw.items() if key != "duration_s"}
    return {**upgraded, "schema_version": 2, "audio": audio, "warnings": []}


def _transcript_2_to_3(raw: dict[str, Any]) -> dict[str, Any]:
    """Version 2 knew neither measures of quality nor gates nor hints."""
    return {**raw, "schema_version": 3, "quality": None, "dropped": [], "hints": None}


def _summary_1_to_2(raw: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew one way to summarise, which is what the default options ask for."""
    return {
        **raw,
        "schema_version": 2,
        "options": {"length": "medium", "style": "paragraph", "focus": "emotional"},
        "windows": 0 if raw.get("empty_reason") else 1,
        "fallback_reason": None,
    }


_UPGRADES: dict[tuple[type[msgspec.Struct], int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    (Summary, 1): _summary_1_to_2,
    (Transcript, 1): _transcript_1_to_2,
    (Transcript, 2): _transcript_2_to_3,
}

# Documents that hold others, each of which has a version of its own.
_INNER: dict[type[msgspec.Struct], dict[str, type[msgspec.Struct]]] = {
    Insight: {"transcript": Transcript, "summary": Summary},
}

_UPGRADED = {kind for kind, _ in _UPGRADES} | set(_INNER)
