"""A bucket in Cloud Storage, through the official client, which honours STORAGE_EMULATOR_HOST.

The deadlines are short on purpose (see `deadlines`): a call that fails becomes `StoreUnavailable`, the message is
delivered again, and an instance that waits for a dead store costs as much as one that works.
"""

from __future__ import annotations

import base64
import http.client
import io
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

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

from samo.adapters.deadlines import STORE, Deadlines
from samo.adapters.object_paths import check_object_name
from samo.adapters.reasons import reason_of
from samo.domain.errors import ObjectNameUnsupported, ObjectNotFound, PreconditionFailed, StoreUnavailable
from samo.ports import ObjectInfo

CHUNK_BYTES = 4 * 1024 * 1024

_MISSING = 0

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
    """`ObjectStore` in a bucket. `client` is called on first use, hence after the server's fork."""

    def __init__(
        self,
        bucket: str,
        *,
        client: Callable[[], Client] = Client,
        deadlines: Deadlines = STORE,
    ) -> None:
        self._name = bucket
        self._client = client
        self._transfer_s = deadlines.transfer_s
        self._timeout = (deadlines.connect_s, deadlines.answer_s)
        self._retry: Retry = DEFAULT_RETRY.with_delay(
            initial=deadlines.first_wait_s, maximum=deadlines.longest_wait_s, multiplier=2.0
        ).with_timeout(deadlines.retry_s)

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
        """All bytes of the live object, or of exactly this generation. Raises `ObjectNotFound`.

        Damaged ones end in `StoreUnavailable`.
        """
        with self._store_errors(name, "get"):
            blob = self._blob(name, generation)
        data = self._downloaded(blob)
        checksum = google_crc32c.Checksum()
        checksum.update(data)
        self._check(blob if blob.crc32c else self._reloaded(name, generation), checksum)
        return data

    def chunks(self, name: str, *, generation: int | None = None) -> Iterator[bytes]:
        """The bytes as stored, in pieces of at most 4 MiB. Raises `ObjectNotFound` at the first piece.

        All pieces are of one generation; one that is overwritten meanwhile, or damaged, ends in `StoreUnavailable`.
        """
        blob = self._reloaded(name, generation)
        checksum = google_crc32c.Checksum()
        for start in range(0, blob.size, CHUNK_BYTES):
            try:
                piece = self._downloaded(blob, start, min(start + CHUNK_BYTES, blob.size))
            except ObjectNotFound:
                raise StoreUnavailable(f"gs://{self._name}/{name} was overwritten while it was read") from None
            checksum.update(piece)
            yield piece
        self._check(blob, checksum)

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
        # The client asks for the bucket in a thread of its own, again after every object that it does not find, only to
        # label traces that nobody takes. An identity that may read objects is not even allowed to.
        os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
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

    def _downloaded(self, blob: Blob, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` up to `end`; nobody has looked at their checksum."""
        with self._store_errors(blob.name, "get"):
            kept = _PatientBuffer(self._transfer_s)
            blob.download_to_file(
                kept,
                start=start or None,
                end=None if end is None else end - 1,
                raw_download=True,
                # The client would not look at it either, once it had to go on in the middle of a broken-off answer.
                checksum=None,
                timeout=self._timeout,
                retry=self._retry,
            )
            return kept.getvalue()

    def _check(self, blob: Blob, checksum: google_crc32c.Checksum) -> None:
        if base64.b64encode(checksum.digest()).decode() != blob.crc32c:
            raise StoreUnavailable(f"gs://{self._name}/{blob.name} arrived damaged")

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
            raise StoreUnavailable(f"{address}: {reason_of(error)}") from error


class _PatientBuffer(io.BytesIO):
    """Keeps what is downloaded, and ends a download that is not done in time: the client only bounds silence."""

    def __init__(self, transfer_s: float) -> None:
        super().__init__()
        self._until_s = time.monotonic() + transfer_s

    def write(self, data: Any) -> int:
        """Keep the bytes. Raises `TimeoutError` when time is up, which the client does not take for worth repeating."""
        if time.monotonic() > self._until_s:
            raise TimeoutError("the rest did not arrive in time")
        return super().write(data)


def _info(blob: Blob) -> ObjectInfo:
    return ObjectInfo(name=blob.name, generation=blob.generation, size=blob.size, metadata=blob.metadata or {})
