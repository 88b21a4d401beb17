"""The failure records of a deployment, and the retries that were begun and not ended."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from samo.domain.errors import DocumentInvalid, SamoError
from samo.domain.failure import Failure
from samo.domain.names import StageName
from samo.ports import ObjectStore
from samo.stages.stored_documents import find_document

FAILURES = "failures/"
REJECTED_EVENTS = "rejected-events/"
RETRIES = "retries/"


class FailureUnknown(SamoError):
    """No failure record has this name."""

    code = "failure_unknown"


class RecordedFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A failure record and its object's name; `failure` is None for one that cannot be read.

    `interrupted` is true where a retry took the record away and was ended before the stage was set off again.
    """

    name: str
    failure: Failure | None
    interrupted: bool = False


def list_failures(
    results: ObjectStore, *, stage: StageName | None = None, code: str | None = None, since: str | None = None
) -> Iterator[RecordedFailure]:
    """All of them, by name; `since` is a timestamp as it stands in documents. Raises `StoreUnavailable`.

    A record that cannot be read passes the filters by code and time: somebody should look at it.
    """
    below = "" if stage is None else f"{stage}/"
    recorded = set()
    for folder in (FAILURES, REJECTED_EVENTS, RETRIES):
        for info in results.list(folder + below):
            name = _failure_name(info.name)
            if folder == RETRIES and name in recorded:
                continue
            recorded.add(name)
            found = _read(results, info.name)
            if found is not None and _matches(found.failure, code, since):
                yield found


def find_failure(results: ObjectStore, name: str) -> RecordedFailure:
    """The record of this name, or the interrupted retry of it. Raises `FailureUnknown`, `StoreUnavailable`."""
    for stored in (name, RETRIES + name.removeprefix(FAILURES)):
        if (found := _read(results, stored)) is not None:
            return found
    raise FailureUnknown(f"there is no failure record {name}; see `samo failures list`")


def _read(results: ObjectStore, stored: str) -> RecordedFailure | None:
    name = _failure_name(stored)
    try:
        failure = find_document(results, stored, Failure)
    except DocumentInvalid:
        return RecordedFailure(name=name, failure=None, interrupted=stored != name)
    if failure is None:
        return None
    return RecordedFailure(name=name, failure=failure, interrupted=stored != name)


def _failure_name(stored: str) -> str:
    return FAILURES + stored.removeprefix(RETRIES) if stored.startswith(RETRIES) else stored


def _matches(failure: Failure | None, code: str | None, since: str | None) -> bool:
    if failure is None:
        return True
    return code in (None, failure.code) and (since is None or failure.created_at >= since)
