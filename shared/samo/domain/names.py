"""Object names, all of them: where a recording lies and where each stage puts what it made of it."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import Literal, NamedTuple, get_args

from samo.domain.errors import RecordingNameInvalid, RecordingTypeUnknown
from samo.domain.recording import Media, RecordingRef

StageName = Literal["transcription", "emotion", "summarization", "insights"]
STAGES: tuple[StageName, ...] = get_args(StageName)

AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".m4a", ".mp4", ".aac", ".ogg", ".opus", ".flac", ".webm"})
TEXT_SUFFIXES = frozenset({".txt"})

# Cloud Storage allows 1,024 bytes; the longest name derived from a recording adds less than 100.
MAX_NAME_BYTES = 800

_MESSAGE_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class Entry(NamedTuple):
    """What the name `{user}/{entry}.{type}` says."""

    user: str
    entry: str
    media: Media


def parse_recording_name(name: str) -> Entry:
    """Read `{user}/{entry}.{type}`; an entry may hold further slashes.

    Raises `RecordingNameInvalid` for another shape and `RecordingTypeUnknown` for another type.
    """
    if not _fits(name):
        raise RecordingNameInvalid(f"the object name has more than {MAX_NAME_BYTES} bytes")
    user, _, rest = name.partition("/")
    file = rest.rpartition("/")[2]
    if not user or not file:
        raise RecordingNameInvalid("the object name is not {user}/{entry}.{type}")
    suffix = PurePosixPath(file).suffix.lower()
    entry = rest[: len(rest) - len(suffix)]
    if suffix in AUDIO_SUFFIXES:
        return Entry(user, entry, "audio")
    if suffix in TEXT_SUFFIXES:
        return Entry(user, entry, "text")
    raise RecordingTypeUnknown(f"the suffix {suffix!r} is none of the supported types")


def is_folder_placeholder(name: str) -> bool:
    """The empty object `folder/` that consoles create to show a folder."""
    return name.endswith("/")


def transcript_name(ref: RecordingRef) -> str:
    """`transcripts/{user}/{entry}/{generation}.json`."""
    return _result("transcripts", ref, "json")


def subtitles_name(ref: RecordingRef, suffix: str) -> str:
    """`transcripts/{user}/{entry}/{generation}.srt` or `….vtt`."""
    return _result("transcripts", ref, suffix)


def emotions_name(ref: RecordingRef) -> str:
    """`emotions/{user}/{entry}/{generation}.json`."""
    return _result("emotions", ref, "json")


def summary_name(ref: RecordingRef) -> str:
    """`summaries/{user}/{entry}/{generation}.json`."""
    return _result("summaries", ref, "json")


def insight_name(ref: RecordingRef) -> str:
    """`insights/{user}/{entry}/{generation}.json`."""
    return _result("insights", ref, "json")


def report_name(ref: RecordingRef) -> str:
    """`insights/{user}/{entry}/{generation}.html`."""
    return _result("insights", ref, "html")


def failure_name(stage: StageName, ref: RecordingRef) -> str:
    """`failures/{stage}/{object name}/{generation}.json`: the whole name, for it may be one that has no entry.

    A name too long to be part of another is replaced by its SHA-256; the record itself holds it whole.
    """
    name = ref.name if _fits(ref.name) else _digest(ref.name)
    return f"failures/{stage}/{name}/{ref.generation}.json"


def event_failure_name(stage: StageName, message_id: str) -> str:
    """`rejected-events/{stage}/{message id}.json`: the message names no recording of ours."""
    safe_id = message_id if _MESSAGE_ID.fullmatch(message_id) else _digest(message_id)
    return f"rejected-events/{stage}/{safe_id}.json"


def retry_name(stage: StageName, ref: RecordingRef) -> str:
    """`retries/{stage}/{object name}/{generation}.json`: a retry that has begun and not yet ended."""
    return "retries/" + failure_name(stage, ref).removeprefix("failures/")


def superseded_name(name: str, generation: int) -> str:
    """`superseded/{name without suffix}/{generation}{suffix}`: where a result is kept that has been replaced."""
    stem, dot, suffix = name.rpartition(".")
    return f"superseded/{stem}/{generation}{dot}{suffix}"


def lease_name(stage: StageName, ref: RecordingRef) -> str:
    """`{stage}/{object name}/{generation}.lease`, in the bucket of leases."""
    return f"{stage}/{ref.name}/{ref.generation}.lease"


def checkpoints_prefix(ref: RecordingRef) -> str:
    """`transcription/{object name}/{generation}/`, in the bucket of leases: what is kept while a recording is heard."""
    return f"transcription/{ref.name}/{ref.generation}/"


def plan_name(ref: RecordingRef) -> str:
    """`transcription/{object name}/{generation}/plan.json`, in the bucket of leases."""
    return f"{checkpoints_prefix(ref)}plan.json"


def part_name(ref: RecordingRef, window: int) -> str:
    """`transcription/{object name}/{generation}/window-{number}.json`, in the bucket of leases."""
    return f"{checkpoints_prefix(ref)}window-{window:05d}.json"


def hand_over_name(ref: RecordingRef) -> str:
    """`transcription/{object name}/{generation}/job.json`, in the bucket of leases."""
    return f"{checkpoints_prefix(ref)}job.json"


def plan_lease_name(ref: RecordingRef) -> str:
    """`transcription/{object name}/{generation}/plan.lease`, in the bucket of leases."""
    return f"{checkpoints_prefix(ref)}plan.lease"


def window_lease_name(ref: RecordingRef, window: int) -> str:
    """`transcription/{object name}/{generation}/window-{number}.lease`, in the bucket of leases."""
    return f"{checkpoints_prefix(ref)}window-{window:05d}.lease"


def _fits(name: str) -> bool:
    return len(name.encode("utf-8", "surrogatepass")) <= MAX_NAME_BYTES


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _result(kind: str, ref: RecordingRef, suffix: str) -> str:
    entry = parse_recording_name(ref.name)
    return f"{kind}/{entry.user}/{entry.entry}/{ref.generation}.{suffix}"
