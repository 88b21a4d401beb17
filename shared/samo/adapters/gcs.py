"""A bucket in Cloud Storage, through the official client, which honours STORAGE_EMULATOR_HOST.

The deadlines are short on purpose: a call that fails becomes `StoreUnavailable`, the message is delivered again, and
an instance that waits for a dead store costs as much as one that works.
"""

from __future__ import annotations

import base64
import http.client
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import google_crc32c
import requests
import urllib3
from google.api_core.exceptions import Forbidden, GoogleAPIError, NotFound, Unauthorized
from google.api_core.exceptions import PreconditionFailed as ConditionNotMet
from google.api_core.retry import Retry
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage import Blob, Bucket, Client
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY

from samo.adapters.object_paths import check_object_name
from samo.domain.errors import ObjectNameUnsupported, ObjectNotFound, PreconditionFailed, StoreUnavailable
from samo.ports import ObjectInfo

CHUNK_BYTES = 4 * 1024 * 1024

_MISSING = 0
_CONNECT_TIMEOUT_S = 5.0

# What the API refuses although it is Unicode text of the right length.
_FORBIDDEN_NAME = re.compile(r"[\r\n]|^\.{1,2}$|^\.well-known/acme-challenge/")

_TRANSPORT_ERRORS = (
    DataCorruption,
    GoogleAPIError,
    GoogleAuthError,
    InvalidResponse,
    OSError,
    http.client.HTTPException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
)


class _AccessDenied(StoreUnavailable):
    """The caller's identity may not do this. Transient, for access is granted without a deployment."""


class GcsStore:
    """`ObjectStore` in a bucket. `client` is called on first use, hence after the server's fork.

    One request waits at most `timeout_s` for the next bytes; failed ones are repeated for at most `retry_s` in all.
    """

    def __init__(
        self,
        bucket: str,
        *,
        client: Callable[[], Client] = Client,
        timeout_s: float = 20.0,
        retry_s: float = 15.0,
    ) -> None:
        self._name = bucket
        self._client = client
        self._timeout = (min(_CONNECT_TIMEOUT_S, timeout_s), timeout_s)
        self._retry: Retry = DEFAULT_RETRY.with_delay(initial=0.2, maximum=4.0, multiplier=2.0).with_timeout(retry_s)

    @property
    def bucket(self) -> str:
        """The bucket's name as it stands in events."""
        return self._name

    def stat(self, name: str) -> ObjectInfo | None:
        """The live object of this name, or None."""
        try:
            return _info(self._reloaded(name, None))
        except ObjectNotFound:
            return None

    def read(self, name: str, *, generation: int | None = None) -> bytes:
        """All bytes of the live object, or of exactly this generation. Raises `ObjectNotFound`."""
        with self._store_errors(name, "get"):
            blob = self._blob(name, generation)
            data: bytes = blob.download_as_bytes(raw_download=True, timeout=self._timeout, retry=self._retry)
            return data

    def chunks(self, name: str, *, generation: int | None = None) -> Iterator[bytes]:
        """The bytes as stored, in pieces of at most 4 MiB. Raises `ObjectNotFound` at the first piece.

        All pieces are of one generation; one that is overwritten meanwhile, or damaged, ends in `StoreUnavailable`.
        """
        blob = self._reloaded(name, generation)
        checksum = google_crc32c.Checksum()
        for start in range(0, blob.size, CHUNK_BYTES):
            try:
                piece = self._range(blob, start, min(start + CHUNK_BYTES, blob.size))
            except ObjectNotFound:
                raise StoreUnavailable(f"gs://{self._name}/{name} was overwritten while it was read") from None
            checksum.update(piece)
            yield piece
        if base64.b64encode(checksum.digest()).decode() != blob.crc32c:
            raise StoreUnavailable(f"gs://{self._name}/{name} arrived damaged")

    def create(self, name: str, data: bytes, *, content_type: str = "application/json") -> ObjectInfo:
        """Store a new object. Raises `PreconditionFailed` if one of this name exists."""
        try:
            return self._put(name, data, content_type, generation=_MISSING)
        except _AccessDenied:
            # An identity that may create but not overwrite can be denied before the precondition is looked at.
            if self.stat(name) is None:
                raise
            raise PreconditionFailed(f"gs://{self._name}/{name} exists") from None

    def replace(self, name: str, data: bytes, *, generation: int, content_type: str = "application/json") -> ObjectInfo:
        """Overwrite the object if it still is of this generation. Raises `PreconditionFailed` otherwise."""
        return self._put(name, data, content_type, generation=generation)

    def upload(
        self,
        name: str,
        source: Path,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Store a file, replacing what is there, in bounded memory. `metadata`, at most 8 KiB, is the new object's."""
        with source.open("rb") as file, self._store_errors(name, "create", "delete"):
            blob = self._blob(name)
            blob.chunk_size = CHUNK_BYTES
            if metadata:
                blob.metadata = dict(metadata)
            blob.upload_from_file(
                file,
                size=source.stat().st_size,
                content_type=content_type,
                timeout=self._timeout,
                retry=self._retry,
            )
            return _info(blob)

    def delete(self, name: str, *, generation: int) -> bool:
        """Delete the object if it still is of this generation; False if it is not or is gone."""
        try:
            with self._store_errors(name, "delete"):
                self._blob(name).delete(if_generation_match=generation, timeout=self._timeout, retry=self._retry)
        except (ObjectNotFound, PreconditionFailed):
            return False
        return True

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All live objects whose names start with `prefix`, sorted by the UTF-8 bytes of their names."""
        with self._store_errors(prefix, "list"):
            for blob in self._bucket.list_blobs(
                prefix=prefix,
                fields="items(name,generation,size,metadata),nextPageToken",
                timeout=self._timeout,
                retry=self._retry,
            ):
                yield _info(blob)

    @cached_property
    def _bucket(self) -> Bucket:
        return self._client().bucket(self._name)

    def _blob(self, name: str, generation: int | None = None) -> Blob:
        check_object_name(name)
        if _FORBIDDEN_NAME.search(name):
            raise ObjectNameUnsupported(f"Cloud Storage does not accept the object name {name!r}")
        return self._bucket.blob(name, generation=generation)

    def _reloaded(self, name: str, generation: int | None) -> Blob:
        with self._store_errors(name, "get"):
            blob = self._blob(name, generation)
            blob.reload(timeout=self._timeout, retry=self._retry)
            return blob

    def _range(self, blob: Blob, start: int, end: int) -> bytes:
        with self._store_errors(blob.name, "get"):
            piece: bytes = blob.download_as_bytes(
                start=start,
                end=end - 1,
                raw_download=True,
                checksum=None,
                timeout=self._timeout,
                retry=self._retry,
            )
            return piece

    def _put(self, name: str, data: bytes, content_type: str, *, generation: int) -> ObjectInfo:
        # To overwrite is to delete what was there.
        needed = ("create",) if generation == _MISSING else ("create", "delete")
        with self._store_errors(name, *needed):
            blob = self._blob(name)
            blob.upload_from_string(
                data,
                content_type=content_type,
                if_generation_match=generation,
                timeout=self._timeout,
                retry=self._retry,
            )
            return _info(blob)

    @contextmanager
    def _store_errors(self, name: str, *needed: str) -> Iterator[None]:
        """Errors of the client as errors of the port; `needed` are the permissions of the call, on objects."""
        address = f"gs://{self._name}/{name}"
        try:
            yield
        except NotFound as error:
            if "bucket does not exist" in error.message:
                raise StoreUnavailable(f"there is no bucket {self._name}") from None
            raise ObjectNotFound(f"no object {address}, or not of this generation") from None
        except ConditionNotMet:
            raise PreconditionFailed(f"{address} is not of the expected generation") from None
        except (Forbidden, Unauthorized) as error:
            permissions = " and ".join(f"storage.objects.{permission}" for permission in needed)
            raise _AccessDenied(
                f"{address}: access denied; grant this identity {permissions} on {self._name}"
            ) from error
        except _TRANSPORT_ERRORS as error:
            raise StoreUnavailable(f"{address}: {type(error).__name__}") from error


def _info(blob: Blob) -> ObjectInfo:
    return ObjectInfo(name=blob.name, generation=blob.generation, size=blob.size, metadata=blob.metadata or {})
