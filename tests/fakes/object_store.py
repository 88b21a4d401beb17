"""A bucket in memory: the whole `ObjectStore` port, with generations and preconditions as Cloud Storage has them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from samo.domain.errors import ObjectNameUnsupported, ObjectNotFound, PreconditionFailed, StoreUnavailable
from samo.ports import ObjectInfo

MAX_NAME_BYTES = 1024


class Request(NamedTuple):
    """One call that reached the store."""

    operation: str
    name: str


class _Stored(NamedTuple):
    data: bytes
    generation: int
    content_type: str
    metadata: Mapping[str, str]


class MemoryStore:
    """One bucket. Safe to share among threads.

    `reachable = False` makes every call raise `StoreUnavailable`, until it is set again. `before`, when set, is called
    with each request ahead of its effect: a test lets another worker act there, or raises. `requests` lists all calls,
    `streamed_bytes` counts what `chunks` handed out.
    """

    def __init__(self, bucket: str = "memory", *, chunk_bytes: int = 64 * 1024) -> None:
        self._bucket = bucket
        self._chunk_bytes = chunk_bytes
        self._objects: dict[str, _Stored] = {}
        self._generation = 0
        self._lock = threading.RLock()
        self.reachable = True
        self.before: Callable[[Request], None] | None = None
        self.requests: list[Request] = []
        self.streamed_bytes = 0

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._bucket

    @property
    def names(self) -> list[str]:
        """Names of all live objects, sorted as `list` sorts them; no request."""
        with self._lock:
            return sorted(self._objects, key=lambda name: name.encode("utf-8"))

    def content(self, name: str) -> bytes:
        """The bytes of a live object; no request."""
        return self._objects[name].data

    def content_type(self, name: str) -> str:
        """The media type of a live object; no request."""
        return self._objects[name].content_type

    def put(
        self,
        name: str,
        data: bytes,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Store or overwrite, as another program would; no request."""
        with self._lock:
            return self._write(name, data, content_type, metadata)

    def stat(self, name: str) -> ObjectInfo | None:
        """The live object, or None."""
        self._arrive("stat", name)
        with self._lock:
            stored = self._objects.get(name)
            return None if stored is None else _info(name, stored)

    def read(self, name: str, *, generation: int | None = None) -> bytes:
        """All bytes of the live object, or of exactly this generation. Raises `ObjectNotFound`."""
        self._arrive("read", name)
        with self._lock:
            return self._live(name, generation).data

    def chunks(self, name: str, *, generation: int | None = None) -> Iterator[bytes]:
        """The bytes in pieces of at most `chunk_bytes`. Raises `ObjectNotFound` at the first piece."""
        self._arrive("chunks", name)
        with self._lock:
            data = self._live(name, generation).data
        for start in range(0, len(data), self._chunk_bytes):
            chunk = data[start : start + self._chunk_bytes]
            self.streamed_bytes += len(chunk)
            yield chunk

    def create(self, name: str, data: bytes, *, content_type: str = "application/json") -> ObjectInfo:
        """Store a new object. Raises `PreconditionFailed` if one of this name exists."""
        self._arrive("create", name)
        with self._lock:
            if name in self._objects:
                raise PreconditionFailed(f"{self._bucket}/{name} exists")
            return self._write(name, data, content_type)

    def replace(self, name: str, data: bytes, *, generation: int, content_type: str = "application/json") -> ObjectInfo:
        """Overwrite the object if it still is of this generation. Raises `PreconditionFailed` otherwise."""
        self._arrive("replace", name)
        with self._lock:
            stored = self._objects.get(name)
            if stored is None or stored.generation != generation:
                raise PreconditionFailed(f"{self._bucket}/{name} is not of generation {generation}")
            return self._write(name, data, content_type)

    def upload(
        self,
        name: str,
        source: Path,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Store a file, replacing what is there, with this metadata."""
        self._arrive("upload", name)
        data = source.read_bytes()
        with self._lock:
            return self._write(name, data, content_type, metadata)

    def delete(self, name: str, *, generation: int) -> bool:
        """Delete the object if it still is of this generation; False otherwise."""
        self._arrive("delete", name)
        with self._lock:
            stored = self._objects.get(name)
            if stored is None or stored.generation != generation:
                return False
            del self._objects[name]
            return True

    # Last, for it hides the builtin from the annotations that follow it in the class body.
    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All live objects whose names start with `prefix`, sorted by the UTF-8 bytes of their names."""
        self._arrive("list", prefix)
        with self._lock:
            found = [_info(name, stored) for name, stored in self._objects.items() if name.startswith(prefix)]
        yield from sorted(found, key=lambda info: info.name.encode("utf-8"))

    def _arrive(self, operation: str, name: str) -> None:
        request = Request(operation, name)
        self.requests.append(request)
        if self.before is not None:
            self.before(request)
        if not self.reachable:
            raise StoreUnavailable(f"{self._bucket} cannot be reached")

    def _live(self, name: str, generation: int | None) -> _Stored:
        stored = self._objects.get(name)
        if stored is None or generation not in (None, stored.generation):
            raise ObjectNotFound(f"{self._bucket}/{name}" + ("" if generation is None else f" generation {generation}"))
        return stored

    def _write(
        self, name: str, data: bytes, content_type: str, metadata: Mapping[str, str] | None = None
    ) -> ObjectInfo:
        if not 0 < len(_utf8(name)) <= MAX_NAME_BYTES:
            raise ObjectNameUnsupported(f"a name has 1 to {MAX_NAME_BYTES} bytes of UTF-8")
        self._generation += 1
        stored = _Stored(bytes(data), self._generation, content_type, dict(metadata or {}))
        self._objects[name] = stored
        return _info(name, stored)


def _info(name: str, stored: _Stored) -> ObjectInfo:
    return ObjectInfo(name=name, generation=stored.generation, size=len(stored.data), metadata=stored.metadata)


def _utf8(name: str) -> bytes:
    try:
        return name.encode("utf-8")
    except UnicodeEncodeError:
        raise ObjectNameUnsupported("a name is Unicode text without lone surrogates") from None
