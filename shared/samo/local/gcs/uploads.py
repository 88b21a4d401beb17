"""The three ways into a bucket: media (only the bytes), multipart (a resource and the bytes), resumable (pieces)."""

from __future__ import annotations

import json
import re
import shutil
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from samo.local.gcs.errors import ApiError
from samo.local.gcs.objects import Buckets, Conditions, StoredObject

_MAX_RESOURCE_BYTES = 64 * 1024
_CONTENT_RANGE = re.compile(r"bytes (?:(?P<start>\d+)-\d+|\*)/(?P<total>\d+|\*)")
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_PART_TYPE = re.compile(rb"content-type:[ \t]*([^\r\n]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Progress:
    """A resumable upload on its way: `received` bytes are stored."""

    received: int


@dataclass(frozen=True)
class _Session:
    bucket: str
    name: str
    resource: Mapping[str, Any]
    conditions: Conditions
    file: Path


class Uploads:
    """Takes bytes in and makes objects of them, in bounded memory."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()

    def media(
        self, bucket: str, name: str, content_type: str | None, body: IO[bytes], conditions: Conditions
    ) -> StoredObject:
        """Store the whole body."""
        resource = {"contentType": content_type}
        return self._put(bucket, name, body, None, resource, conditions)

    def multipart(
        self, bucket: str, name: str | None, content_type: str, body: IO[bytes], conditions: Conditions
    ) -> StoredObject:
        """Store the second part of the body; the first is the object's resource."""
        boundary = _BOUNDARY.search(content_type)
        if boundary is None:
            raise ApiError(HTTPStatus.BAD_REQUEST, "A multipart upload needs a boundary.")
        resource, start, end = _parts(body, b"--" + boundary[1].encode())
        body.seek(start)
        return self._put(bucket, _name(resource, name), body, end - start, resource, conditions)

    def begin(
        self, bucket: str, name: str | None, content_type: str | None, body: IO[bytes], conditions: Conditions
    ) -> str:
        """The id of a new resumable upload."""
        resource = {"contentType": content_type, **_resource(body.read(_MAX_RESOURCE_BYTES))}
        session = _Session(bucket, _name(resource, name), resource, conditions, self._buckets.new_file())
        self._buckets.check(bucket, session.name, conditions)
        session.file.touch()
        upload_id = uuid.uuid4().hex
        with self._lock:
            self._sessions[upload_id] = session
        return upload_id

    def resume(self, upload_id: str, content_range: str | None, body: IO[bytes]) -> StoredObject | Progress:
        """Take the next piece of a resumable upload, or say how far it is; the last piece makes the object."""
        with self._lock:
            session = self._sessions.get(upload_id)
            if session is None:
                raise ApiError(HTTPStatus.NOT_FOUND, "There is no such upload.")
            match = _CONTENT_RANGE.fullmatch(content_range or "")
            if content_range and match is None:
                raise ApiError(HTTPStatus.BAD_REQUEST, "Invalid Content-Range.")
            received = session.file.stat().st_size
            if match is None or match["start"]:
                received = _append(session.file, int(match["start"]) if match else 0, body)
            if match and match["total"] != str(received):
                return Progress(received)
            del self._sessions[upload_id]
        return self._keep(session.bucket, session.name, session.file, session.resource, session.conditions)

    def _put(
        self,
        bucket: str,
        name: str,
        body: IO[bytes],
        size: int | None,
        resource: Mapping[str, Any],
        conditions: Conditions,
    ) -> StoredObject:
        file = self._buckets.new_file()
        with file.open("xb") as copy:
            shutil.copyfileobj(body, copy)
            if size is not None:
                copy.truncate(size)
        return self._keep(bucket, name, file, resource, conditions)

    def _keep(
        self, bucket: str, name: str, file: Path, resource: Mapping[str, Any], conditions: Conditions
    ) -> StoredObject:
        try:
            return self._buckets.put(bucket, name, file, resource, conditions)
        except ApiError:
            file.unlink()
            raise


def _append(file: Path, start: int, body: IO[bytes]) -> int:
    with file.open("r+b") as received:
        if start > received.seek(0, 2):
            raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "A piece is missing before this one.")
        received.seek(start)
        shutil.copyfileobj(body, received)
        return received.tell()


def _name(resource: Mapping[str, Any], name: str | None) -> str:
    found = resource.get("name") or name
    if not found:
        raise ApiError(HTTPStatus.BAD_REQUEST, "Required: name")
    return str(found)


def _resource(text: bytes) -> dict[str, Any]:
    try:
        resource = json.loads(text or b"{}")
    except ValueError:
        resource = None
    if not isinstance(resource, dict):
        raise ApiError(HTTPStatus.BAD_REQUEST, "Parse Error")
    return resource


def _parts(body: IO[bytes], delimiter: bytes) -> tuple[dict[str, Any], int, int]:
    # Only the head and the tail are read: whatever the bytes in between look like, they are the object's.
    head = body.read(_MAX_RESOURCE_BYTES)
    first, separator, _ = head.partition(b"\r\n\r\n")
    resource_start = len(first) + len(separator)
    resource_end = head.find(b"\r\n" + delimiter, resource_start)
    headers_end = head.find(b"\r\n\r\n", resource_end)
    tail_bytes = len(delimiter) + 8
    end_of_body = body.seek(0, 2)
    tail_start = body.seek(max(0, end_of_body - tail_bytes))
    tail = body.read().rfind(b"\r\n" + delimiter + b"--")
    start = headers_end + 4
    if resource_end < 0 or headers_end < 0 or tail < 0 or tail_start + tail < start:
        raise ApiError(HTTPStatus.BAD_REQUEST, "The body is no multipart upload.")
    resource = _resource(head[resource_start:resource_end])
    part_type = _PART_TYPE.search(head, resource_end, headers_end + 2)
    if part_type:
        resource.setdefault("contentType", part_type[1].decode("latin-1"))
    return resource, start, tail_start + tail
