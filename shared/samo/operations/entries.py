"""Which recordings an entry has: every generation of it that any bucket knows of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TypeVar

import msgspec

from samo.domain.errors import DocumentInvalid, PermanentError
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.names import STAGES, parse_recording_name
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.ports import ObjectStore
from samo.stages.stored_documents import find_document

Document = TypeVar("Document", bound=msgspec.Struct)


def entry_of(name: str) -> str:
    """`user/entry` of a recording's object name; the name itself where it has none."""
    try:
        user, entry, _ = parse_recording_name(name)
    except PermanentError:
        return name
    return f"{user}/{entry}"


def recordings_of(
    entry: str, results: ObjectStore, leases: ObjectStore, recordings: ObjectStore | None
) -> list[RecordingRef]:
    """The recordings of `user/entry`, or of an object name, oldest first. Raises `StoreUnavailable`.

    One that only a lease tells of, with no bucket of recordings to look in, has an empty bucket name.
    """
    found: dict[tuple[str, int], RecordingRef] = {}
    for ref in (*_of_leases(entry, leases), *_of_results(entry, results), *_uploaded(entry, recordings)):
        if entry in (ref.name, entry_of(ref.name)):
            found[ref.name, ref.generation] = ref
    return sorted(found.values(), key=lambda ref: (ref.generation, ref.name))


def _uploaded(entry: str, recordings: ObjectStore | None) -> Iterator[RecordingRef]:
    if recordings is not None:
        for info in recordings.list(entry):
            yield RecordingRef(bucket=recordings.bucket, name=info.name, generation=info.generation)


def _of_results(entry: str, results: ObjectStore) -> Iterator[RecordingRef]:
    folder = entry_of(entry)
    for transcript in _documents(results, f"transcripts/{folder}/", Transcript):
        yield transcript.recording
    for insight in _documents(results, f"insights/{folder}/", Insight):
        yield insight.recording
    for kept in ("failures", "retries"):
        for stage in STAGES:
            for failure in _documents(results, f"{kept}/{stage}/{entry}", Failure):
                if failure.recording is not None:
                    yield failure.recording


def _documents(results: ObjectStore, prefix: str, kind: type[Document]) -> Iterator[Document]:
    for info in results.list(prefix):
        if info.name.endswith(".json"):
            with suppress(DocumentInvalid):
                if (document := find_document(results, info.name, kind)) is not None:
                    yield document


def _of_leases(entry: str, leases: ObjectStore) -> Iterator[RecordingRef]:
    for stage in STAGES:
        for info in leases.list(f"{stage}/{entry}"):
            # What is kept of a long recording while it is transcribed lies below the name of its lease.
            below = re.sub(r"/[a-z-]+[0-9]*\.(json|lease)$", "", info.name.removeprefix(f"{stage}/"))
            name, _, generation = below.removesuffix(".lease").rpartition("/")
            if generation.isdecimal():
                yield RecordingRef(bucket="", name=name, generation=int(generation))
