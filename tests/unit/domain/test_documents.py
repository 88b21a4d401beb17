"""Documents in JSON: what is written can be read, what cannot be read is refused without a word of it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samo.cli.schemas import CONTRACTS
from samo.domain.documents import decode, encode, encode_compact
from samo.domain.emotion import EmotionReading
from samo.domain.errors import DocumentInvalid
from samo.domain.insight import Insight
from samo.domain.summary import Summary, SummaryOptions
from samo.domain.transcript import AudioMeasures, Transcript
from tests.unit.given_documents import a_reading, a_transcript, an_insight, documents_of

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden" / "documents"
SCHEMAS = ROOT / "docs" / "schemas"

KINDS = pytest.mark.parametrize("kind", list(CONTRACTS.values()), ids=list(CONTRACTS))

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["schema_version", "recording", "text", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)

SECRET = "what nobody else may read"


def changed(document: msgspec.Struct, **changes: Any) -> bytes:
    """The document's JSON with top-level fields replaced."""
    return json.dumps({**json.loads(encode(document)), **changes}).encode()


@KINDS
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_encoded_decodes_to_the_same(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    """For people and for messages, whatever the values are."""
    document = data.draw(documents_of(kind))

    assert document == decode(encode(document), kind)
    assert document == decode(encode_compact(document), kind)


@KINDS
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_encoded_keeps_to_the_published_schema(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    """Consumers that validate with docs/schemas never refuse a document of ours."""
    name = next(name for name, contract in CONTRACTS.items() if contract is kind)
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    document = data.draw(documents_of(kind))

    jsonschema.validate(json.loads(encode(document)), schema, jsonschema.Draft202012Validator)


def test_a_stored_document_is_made_for_people() -> None:
    """Indented, with a final newline, and in the letters it was written in."""
    data = encode(a_transcript(text="Fünf Züge – 列車"))

    assert data.startswith(b'{\n  "schema_version": 3,\n  "recording": {\n')
    assert data.endswith(b"\n}\n")
    assert "Fünf Züge – 列車".encode() in data


def test_a_message_is_one_line() -> None:
    """The same document, compact."""
    assert b"\n" not in encode_compact(a_transcript())


@KINDS
def test_the_golden_document_is_read_and_written_unchanged(kind: type[msgspec.Struct]) -> None:
    """The committed document of the current version: names, order and layout of its fields are a promise."""
    name = next(name for name, contract in CONTRACTS.items() if contract is kind)
    golden = (GOLDEN / f"{name}.json").read_bytes()

    document = decode(golden, kind)

    assert golden == encode(document)


@KINDS
def test_the_golden_document_keeps_to_the_published_schema(kind: type[msgspec.Struct]) -> None:
    """By the file in docs/schemas, as a consumer would check it."""
    name = next(name for name, contract in CONTRACTS.items() if contract is kind)
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())

    jsonschema.validate(json.loads((GOLDEN / f"{name}.json").read_text()), schema, jsonschema.Draft202012Validator)


def test_every_golden_document_is_read_by_a_test() -> None:
    """None lies about that no contract knows."""
    assert {"transcript-v1", "transcript-v2", "summary-v1", *CONTRACTS} == {path.stem for path in GOLDEN.iterdir()}


def test_a_transcript_of_the_earlier_version_is_upgraded() -> None:
    """Version 1 had the duration alone, at the top level; everything else is as it was."""
    golden = (GOLDEN / "transcript-v1.json").read_bytes()

    transcript = decode(golden, Transcript)

    assert transcript.schema_version == 3
    assert transcript.warnings == ()
    assert (transcript.quality, transcript.dropped, transcript.hints) == (None, (), None)
    assert transcript.audio == AudioMeasures(
        duration_s=4.25, container_s=None, speech_s=4.25, sample_rate_hz=16_000, channels=1, codec="unknown"
    )
    earlier = json.loads(golden)
    kept = earlier.keys() - {"schema_version", "duration_s"}
    assert {key: earlier[key] for key in kept} == {key: json.loads(encode(transcript))[key] for key in kept}


def test_a_transcript_of_version_2_is_upgraded() -> None:
    """It knew nothing of quality, gates and hints, which is not the same as nothing poor; all else is as it was."""
    golden = (GOLDEN / "transcript-v2.json").read_bytes()

    transcript = decode(golden, Transcript)

    assert (transcript.schema_version, transcript.quality, transcript.dropped, transcript.hints) == (3, None, (), None)
    earlier = json.loads(golden)
    kept = earlier.keys() - {"schema_version"}
    assert {key: earlier[key] for key in kept} == {key: json.loads(encode(transcript))[key] for key in kept}


def test_a_written_entry_of_the_earlier_version_is_upgraded() -> None:
    """It had no duration, so it has no audio now."""
    earlier = json.loads((GOLDEN / "transcript-v1.json").read_bytes())
    written = {**earlier, "source": "text", "segments": [], "duration_s": None}

    assert decode(json.dumps(written).encode(), Transcript).audio is None


def test_a_summary_of_the_earlier_version_is_upgraded() -> None:
    """Version 1 knew neither options nor windows nor models that write; everything else is as it was."""
    golden = (GOLDEN / "summary-v1.json").read_bytes()

    summary = decode(golden, Summary)

    assert (summary.schema_version, summary.options, summary.windows) == (2, SummaryOptions(), 1)
    assert summary.fallback_reason is None
    earlier = json.loads(golden)
    kept = earlier.keys() - {"schema_version"}
    assert {key: earlier[key] for key in kept} == {key: json.loads(encode(summary))[key] for key in kept}


def test_an_empty_summary_of_the_earlier_version_had_no_window() -> None:
    """Nothing was read."""
    earlier = json.loads((GOLDEN / "summary-v1.json").read_bytes())
    empty = {**earlier, "empty_reason": "no_speech", "text": "", "sentences": []}

    assert decode(json.dumps(empty).encode(), Summary).windows == 0


def test_the_documents_inside_an_insight_are_upgraded() -> None:
    """An insight that was stored before its summary and its transcript had the versions of today."""
    insight = json.loads(encode(an_insight()))
    for part in ("summary", "transcript"):
        insight[part] = json.loads((GOLDEN / f"{part}-v1.json").read_bytes())

    upgraded = decode(json.dumps(insight).encode(), Insight)

    assert upgraded.summary is not None
    assert (upgraded.summary.schema_version, upgraded.transcript.schema_version) == (2, 3)


def test_an_upgraded_document_is_the_current_version_from_then_on() -> None:
    """Written again, it is read without an upgrade."""
    transcript = decode((GOLDEN / "transcript-v1.json").read_bytes(), Transcript)

    assert transcript == decode(encode(transcript), Transcript)


def test_unknown_fields_are_ignored() -> None:
    """A later release may add fields; this one still reads what it knows."""
    reading = a_reading()

    assert reading == decode(
        changed(reading, mood_colour="teal", recording={**_recording(reading), "etag": "x"}), EmotionReading
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"text": "\xff"}',
        b'{"text": "\\ud800"}',
        b"not JSON",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"confidence": NaN}',
        b"{} {}",
    ],
    ids=[
        "nothing",
        "cut off",
        "UTF-16",
        "no UTF-8",
        "lone surrogate",
        "words",
        "deep list",
        "deep object",
        "NaN",
        "two",
    ],
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    """By the one named error."""
    with pytest.raises(DocumentInvalid, match="not a Transcript: malformed JSON"):
        decode(data, Transcript)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"schema_version": 4}, r"\$\.schema_version"),
        ({"schema_version": []}, r"\$\.schema_version"),
        ({"schema_version": {"a": 1}}, r"\$\.schema_version"),
        ({"schema_version": None}, r"\$\.schema_version"),
        ({"source": SECRET}, r"\$\.source"),
        ({"source": f"{SECRET} - at `$.elsewhere`"}, r"\$\.source"),
        ({"text": [SECRET]}, r"\$\.text"),
        ({"confidence": SECRET}, r"\$\.confidence"),
        ({"segments": {"text": SECRET}}, r"\$\.segments"),
        ({"segments": [{"text": SECRET}]}, r"\$\.segments"),
        ({"recording": {SECRET: SECRET}}, r"\$\.recording"),
        ({"recording": {"bucket": "b", "name": "n", "generation": SECRET}}, r"\$\.recording\.generation"),
        ({"recording": {"bucket": "b", "name": "n", "generation": 1.5}}, r"\$\.recording\.generation"),
        ({"warnings": [SECRET]}, r"\$\.warnings"),
    ],
)
def test_a_document_of_wrong_types_is_refused_by_its_field(changes: dict[str, Any], where: str) -> None:
    """The error names the kind and the field, and repeats no value."""
    with pytest.raises(DocumentInvalid, match=f"not a Transcript: .*{where}") as refused:
        decode(changed(a_transcript(), **changes), Transcript)

    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value.__cause__)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 5_000])
def test_a_number_out_of_range_is_refused(number: str) -> None:
    """Neither infinity nor an integer that Python would not print."""
    data = encode(a_transcript()).replace(b'"confidence": 0.94', b'"confidence": ' + number.encode())
    assert number.encode() in data

    with pytest.raises(DocumentInvalid, match="invalid at"):
        decode(data, Transcript)


@pytest.mark.parametrize("field", [field.encode_name for field in msgspec.structs.fields(Transcript) if field.required])
def test_a_missing_field_is_named(field: str) -> None:
    """What was forgotten is what the reader must know."""
    raw = json.loads(encode(a_transcript()))
    del raw[field]

    with pytest.raises(DocumentInvalid, match=rf"not a Transcript: missing required field `{field}` at `\$`"):
        decode(json.dumps(raw).encode(), Transcript)


@pytest.mark.parametrize("data", [b"null", b"[]", b'"words"', b"1", b"true"])
@KINDS
def test_a_document_is_an_object(kind: type[msgspec.Struct], data: bytes) -> None:
    """Whatever else is valid JSON is refused, for every kind."""
    with pytest.raises(DocumentInvalid, match=f"not a {kind.__name__}: "):
        decode(data, kind)


def test_a_part_that_is_no_document_makes_the_insight_unreadable() -> None:
    """The path leads to the innermost field."""
    raw = json.loads(encode(an_insight()))
    raw["emotions"]["sentences"][1]["valence"] = SECRET

    with pytest.raises(DocumentInvalid, match=r"invalid at `\$\.emotions\.sentences\[1\]\.valence`"):
        decode(json.dumps(raw).encode(), Insight)


@settings(max_examples=300)
@given(data=st.binary(max_size=60) | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused_by_the_named_error(data: bytes) -> None:
    """No other exception leaves the module."""
    for kind in CONTRACTS.values():
        try:
            decode(data, kind)
        except DocumentInvalid:
            continue


def test_numbers_that_json_cannot_hold_are_not_written_as_such() -> None:
    """They become null, which a field that must be a number refuses: an unknown never reads as zero."""
    data = encode(a_reading(valence=math.nan))

    with pytest.raises(DocumentInvalid, match=r"\$\.valence"):
        decode(data, EmotionReading)


def _recording(document: EmotionReading) -> dict[str, Any]:
    return dict(json.loads(encode(document.recording)))
