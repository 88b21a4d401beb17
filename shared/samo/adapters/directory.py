"""A bucket in a plain directory: every object a readable file under its own name.

Safe with several processes and with `kill -9`. An object's generation is the modification time of its file in
microseconds, set before the file gets its name, so that bytes and generation appear in one step. A file that somebody
puts into the directory by hand is an object, too; hidden files are not. Metadata lie in sidecars of a hidden folder.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG

from samo.adapters.generations import exclusive
from samo.adapters.object_paths import folder_prefix, object_name, object_path
from samo.adapters.sidecars import read_sidecar, remove_sidecar, sweep_sidecars, write_sidecar
from samo.adapters.staging import STAGING_FOLDER, make_durable, staged, sweep
from samo.domain.errors import ObjectNameUnsupported, ObjectNotFound, PreconditionFailed, StoreUnavailable
from samo.ports import ObjectInfo

CHUNK_BYTES = 1024 * 1024

_MISSING = 0


class DirectoryStore:
    """`ObjectStore` below `root`, which the first write creates. `bucket` defaults to the directory's name.

    `a` and `a/b` cannot both be objects: `ObjectNameUnsupported`.
    """

    def __init__(self, root: Path, bucket: str | None = None) -> None:
        self._root = root.absolute()
        self._bucket = bucket or self._root.name
        self._swept = False

    @property
    def bucket(self) -> str:
        """The bucket's name as it stands in events."""
        return self._bucket

    def path_of(self, name: str) -> Path:
        """The file that holds, or would hold, the object. Raises `ObjectNameUnsupported`."""
        return self._root / object_path(name)

    def stat(self, name: str) -> ObjectInfo | None:
        """The live object of this name, or None."""
        path = self.path_of(name)
        with _store_errors(name):
            return self._info(name, path)

    def read(self, name: str, *, generation: int | None = None) -> bytes:
        """All bytes of the live object, or of exactly this generation. Raises `ObjectNotFound`."""
        return b"".join(self.chunks(name, generation=generation))

    def chunks(self, name: str, *, generation: int | None = None) -> Iterator[bytes]:
        """The bytes in pieces of at most 1 MiB. Raises `ObjectNotFound` at the first piece.

        A file that somebody writes to meanwhile, which this store never does, ends in `StoreUnavailable`.
        """
        path = self.path_of(name)
        with _store_errors(name):
            try:
                file = path.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise ObjectNotFound(f"no object {name} in {self._bucket}") from None
            with file:
                opened = _generation(os.fstat(file.fileno()))
                if generation not in (None, opened):
                    raise ObjectNotFound(f"{name} in {self._bucket} is no longer of generation {generation}")
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
                if _generation(os.fstat(file.fileno())) != opened:
                    raise StoreUnavailable(f"{name} in {self._bucket} changed while it was read")

    def create(
        self,
        name: str,
        data: bytes,
        *,
        content_type: str = "application/json",  # noqa: ARG002 - a file has none
    ) -> ObjectInfo:
        """Store a new object. Raises `PreconditionFailed` if one of this name exists."""
        return self._write(name, (data,), expected=_MISSING)

    def replace(
        self,
        name: str,
        data: bytes,
        *,
        generation: int,
        content_type: str = "application/json",  # noqa: ARG002 - a file has none
    ) -> ObjectInfo:
        """Overwrite the object if it still is of this generation. Raises `PreconditionFailed` otherwise."""
        return self._write(name, (data,), expected=generation)

    def upload(
        self,
        name: str,
        source: Path,
        *,
        content_type: str = "application/octet-stream",  # noqa: ARG002 - a file has none
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Store a file, replacing what is there, in bounded memory. `metadata`, at most 8 KiB, is the new object's."""
        with source.open("rb") as file:
            return self._write(name, iter(lambda: file.read(CHUNK_BYTES), b""), expected=None, metadata=metadata)

    def delete(self, name: str, *, generation: int) -> bool:
        """Delete the object if it still is of this generation; False if it is not or is gone."""
        path = self.path_of(name)
        with _store_errors(name):
            if _live_generation(path) is None:
                return False
            with exclusive(self._lock()):
                if _live_generation(path) != generation:
                    return False
                path.unlink()
                make_durable(path.parent)
                remove_sidecar(self._root, generation)
                self._remove_empty_folders(path.parent)
                return True

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All live objects whose names start with `prefix`, sorted by the UTF-8 bytes of their names."""
        with _store_errors(prefix):
            yield from sorted(self._walk("", prefix), key=lambda info: info.name.encode())

    def _write(
        self, name: str, pieces: Iterable[bytes], *, expected: int | None, metadata: Mapping[str, str] | None = None
    ) -> ObjectInfo:
        path = self.path_of(name)
        with _store_errors(name):
            if not self._swept:
                sweep(self._root)
                sweep_sidecars(self._root, lambda swept: _live_generation(self.path_of(swept)))
                self._swept = True
            # The bytes are written before the lock is taken: a large upload keeps nobody waiting.
            with staged(self._root, pieces) as file, exclusive(self._lock()) as generations:
                found = _live_generation(path) or _MISSING
                if expected not in (None, found):
                    state = f"is of generation {found}" if found else "does not exist"
                    raise PreconditionFailed(f"{name} in {self._bucket} {state}")
                self._make_folders(name, path.parent)
                written = _stamp(name, file, generations.after(found), metadata or {})
                write_sidecar(self._root, name, written.generation, written.metadata)
                if expected == _MISSING:
                    _link(name, file, path)
                else:
                    file.replace(path)
                make_durable(path.parent)
                remove_sidecar(self._root, found)
                return written

    def _lock(self) -> Path:
        folder = self._root / STAGING_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        return folder / "lock"

    def _make_folders(self, name: str, folder: Path) -> None:
        try:
            folder.mkdir()
            make_durable(folder.parent)
        except FileNotFoundError:
            self._make_folders(name, folder.parent)
            self._make_folders(name, folder)
        except (FileExistsError, NotADirectoryError):
            if not folder.is_dir():
                raise ObjectNameUnsupported(f"{name} cannot lie below another object in a directory") from None

    def _remove_empty_folders(self, folder: Path) -> None:
        while folder != self._root:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _walk(self, folder: str, prefix: str) -> Iterator[ObjectInfo]:
        try:
            entries = list(os.scandir(self._root / folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            path = folder + entry.name
            if entry.is_dir(follow_symlinks=False):
                below = folder_prefix(path)
                if below is not None and (below.startswith(prefix) or prefix.startswith(below)):
                    yield from self._walk(f"{path}/", prefix)
            else:
                name = object_name(path)
                if name is not None and name.startswith(prefix) and (info := self._info(name, self._root / path)):
                    yield info

    def _info(self, name: str, path: Path) -> ObjectInfo | None:
        while status := _status(path):
            generation = _generation(status)
            metadata = read_sidecar(self._root, name, generation)
            # Without one there may be none, or it went with a generation that has just been replaced.
            if metadata or _live_generation(path) == generation:
                return ObjectInfo(name=name, generation=generation, size=status.st_size, metadata=metadata)
        return None


def _generation(status: os.stat_result) -> int:
    return status.st_mtime_ns // 1_000


def _status(path: Path) -> os.stat_result | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status if S_ISREG(status.st_mode) else None


def _live_generation(path: Path) -> int | None:
    status = _status(path)
    return None if status is None else _generation(status)


def _stamp(name: str, file: Path, generation: int, metadata: Mapping[str, str]) -> ObjectInfo:
    os.utime(file, ns=(generation * 1_000, generation * 1_000))
    status = file.stat()
    if _generation(status) != generation:
        raise StoreUnavailable(f"{name}: this file system keeps no microseconds in file times; use another directory")
    return ObjectInfo(name=name, generation=generation, size=status.st_size, metadata=dict(metadata))


def _link(name: str, file: Path, path: Path) -> None:
    # Unlike a rename, a link never overwrites what somebody puts there by hand in this moment.
    try:
        path.hardlink_to(file)
    except FileExistsError:
        if path.is_dir():
            raise ObjectNameUnsupported(f"other objects lie below {name} in this directory") from None
        raise PreconditionFailed(f"{name} exists") from None


@contextmanager
def _store_errors(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise ObjectNameUnsupported(f"{name} is too long for this file system") from None
        if error.errno == errno.EISDIR:
            raise ObjectNameUnsupported(f"other objects lie below {name} in this directory") from None
        raise StoreUnavailable(f"{name}: the directory cannot be used: {error.strerror}") from error
