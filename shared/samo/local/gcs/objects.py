"""Buckets, objects and their generations, with preconditions checked and changes made in one step."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from samo.adapters.object_paths import check_object_name
from samo.adapters.sidecars import MAX_METADATA_BYTES
from samo.domain.errors import ObjectNameUnsupported
from samo.local.gcs.checksums import Checksums, checksums
from samo.local.gcs.errors import ApiError
from samo.local.gcs.timestamps import timestamp


@dataclass(frozen=True)
class StoredObject:
    """One generation of an object; its bytes lie in `file`. `overwrote` is the generation that it took the place of."""

    bucket: str
    name: str
    generation: int
    size: int
    content_type: str
    metadata: Mapping[str, str]
    checksums: Checksums
    created_at: str
    file: Path
    overwrote: int | None

    def resource(self) -> dict[str, Any]:
        """The object resource of the JSON API; 64-bit integers are strings there."""
        return {
            "kind": "storage#object",
            "id": f"{self.bucket}/{self.name}/{self.generation}",
            "bucket": self.bucket,
            "name": self.name,
            "generation": str(self.generation),
            "metageneration": "1",
            "size": str(self.size),
            "contentType": self.content_type,
            "crc32c": self.checksums.crc32c,
            "md5Hash": self.checksums.md5,
            "etag": f"{self.generation:x}",
            "storageClass": "STANDARD",
            "timeCreated": self.created_at,
            "updated": self.created_at,
            **({"metadata": dict(self.metadata)} if self.metadata else {}),
        }


class Conditions(NamedTuple):
    """The preconditions of a request. A generation of 0 stands for no object."""

    if_generation_match: int | None = None
    if_generation_not_match: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Conditions:
        """Read `ifGenerationMatch` and `ifGenerationNotMatch`. Raises `ApiError` for what is no number."""
        return cls(number(query, "ifGenerationMatch"), number(query, "ifGenerationNotMatch"))

    def check(self, current: StoredObject | None) -> None:
        """Raise `ApiError` unless the object is as required."""
        generation = current.generation if current else 0
        if self.if_generation_match not in (None, generation):
            raise ApiError(
                HTTPStatus.PRECONDITION_FAILED, "At least one of the pre-conditions you specified did not hold."
            )
        if self.if_generation_not_match == generation:
            raise ApiError(HTTPStatus.NOT_MODIFIED, "The object is of this generation.")


@dataclass
class _Bucket:
    created_at: str
    objects: dict[str, StoredObject] = field(default_factory=dict)


class Buckets:
    """All buckets of a server. The bytes lie in files below `folder`; the rest is in memory and ends with the process.

    `stored` is told of every new generation after it can be read.
    """

    def __init__(self, folder: Path, stored: Callable[[StoredObject], None]) -> None:
        self._folder = folder
        self._stored = stored
        self._buckets: dict[str, _Bucket] = {}
        self._last_generation = 0
        self._lock = threading.RLock()

    def create_bucket(self, name: str) -> dict[str, str]:
        """The resource of a new bucket."""
        with self._lock:
            if name in self._buckets:
                raise ApiError(HTTPStatus.CONFLICT, "You already own this bucket. Please select another name.")
            self._buckets[name] = _Bucket(timestamp())
            return self.bucket(name)

    def bucket(self, name: str) -> dict[str, str]:
        """The resource of a bucket."""
        created_at = self._bucket(name).created_at
        return {"kind": "storage#bucket", "id": name, "name": name, "timeCreated": created_at, "location": "LOCAL"}

    def new_file(self) -> Path:
        """A free path in the server's folder, for bytes on their way into an object."""
        return self._folder / uuid.uuid4().hex

    def put(
        self, bucket: str, name: str, file: Path, resource: Mapping[str, Any], conditions: Conditions
    ) -> StoredObject:
        """Make `file`, which is the server's from then on, an object; `resource` is what the client said of it."""
        try:
            check_object_name(name)
        except ObjectNameUnsupported as error:
            raise ApiError(HTTPStatus.BAD_REQUEST, str(error)) from None
        metadata = _metadata(resource)
        found = checksums(file)
        for key, value in (("md5Hash", found.md5), ("crc32c", found.crc32c)):
            if resource.get(key, value) != value:
                raise ApiError(HTTPStatus.BAD_REQUEST, f"Provided {key} does not match the content.")
        with self._lock:
            objects = self._bucket(bucket).objects
            old = objects.get(name)
            conditions.check(old)
            self._last_generation = max(self._last_generation + 1, time.time_ns() // 1_000)
            new = StoredObject(
                bucket=bucket,
                name=name,
                generation=self._last_generation,
                size=file.stat().st_size,
                content_type=str(resource.get("contentType") or "application/octet-stream"),
                metadata=metadata,
                checksums=found,
                created_at=timestamp(),
                file=file,
                overwrote=old.generation if old else None,
            )
            objects[name] = new
            if old:
                old.file.unlink()
        self._stored(new)
        return new

    def get(self, bucket: str, name: str, generation: int | None, conditions: Conditions) -> StoredObject:
        """The live object, or none but this generation of it."""
        with self._lock:
            found = self._bucket(bucket).objects.get(name)
            if found is None or generation not in (None, found.generation):
                raise ApiError(HTTPStatus.NOT_FOUND, f"No such object: {bucket}/{name}")
            conditions.check(found)
            return found

    def open(
        self, bucket: str, name: str, generation: int | None, conditions: Conditions
    ) -> tuple[StoredObject, BinaryIO]:
        """The object with its bytes, which stay readable when it is overwritten."""
        with self._lock:
            found = self.get(bucket, name, generation, conditions)
            return found, found.file.open("rb")

    def delete(self, bucket: str, name: str, generation: int | None, conditions: Conditions) -> None:
        """Delete the live object."""
        with self._lock:
            found = self.get(bucket, name, generation, Conditions())
            conditions.check(found)
            del self._bucket(bucket).objects[name]
            found.file.unlink()

    def live(self, bucket: str, prefix: str) -> list[StoredObject]:
        """The live objects whose names start with `prefix`, sorted by the UTF-8 bytes of their names."""
        with self._lock:
            objects = self._bucket(bucket).objects
            return [objects[name] for name in sorted(objects, key=str.encode) if name.startswith(prefix)]

    def check(self, bucket: str, name: str, conditions: Conditions) -> None:
        """Raise `ApiError` unless an object could be put there now."""
        with self._lock:
            conditions.check(self._bucket(bucket).objects.get(name))

    def _bucket(self, name: str) -> _Bucket:
        try:
            return self._buckets[name]
        except KeyError:
            raise ApiError(HTTPStatus.NOT_FOUND, "The specified bucket does not exist.") from None


def _metadata(resource: Mapping[str, Any]) -> dict[str, str]:
    """The custom metadata of a resource. Raises `ApiError` unless these are at most 8 KiB of text by name."""
    metadata = resource.get("metadata") or {}
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ApiError(HTTPStatus.BAD_REQUEST, "Invalid value for metadata.")
    if sum(len(name.encode()) + len(value.encode()) for name, value in metadata.items()) > MAX_METADATA_BYTES:
        raise ApiError(HTTPStatus.BAD_REQUEST, "The custom metadata of the object is too large.")
    return metadata


def number(query: Mapping[str, str], key: str) -> int | None:
    """The number at `key` of a query, or None without one. Raises `ApiError` for what is no number."""
    try:
        return int(query[key]) if key in query else None
    except ValueError:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"Invalid value for {key}.") from None
