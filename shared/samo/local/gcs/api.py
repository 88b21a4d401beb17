"""Which request does what, after https://cloud.google.com/storage/docs/json_api/v1 as far as it is needed here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import unquote

from samo.local.gcs.errors import ApiError
from samo.local.gcs.listing import page
from samo.local.gcs.notifications import Notifications
from samo.local.gcs.objects import Buckets, Conditions, StoredObject, number
from samo.local.gcs.uploads import Progress, Uploads

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")

# Any other parameter is refused: ignoring, say, a condition would be a wrong answer.
_PARAMETERS = frozenset(
    {
        *("alt", "delimiter", "generation", "ifGenerationMatch", "ifGenerationNotMatch", "maxResults", "name"),
        *("pageToken", "prefix", "upload_id", "uploadType"),
        *("fields", "prettyPrint", "project", "projection"),  # these change nothing here
    }
)


@dataclass(frozen=True)
class Request:
    """A request whose body has been read. Header names are in lower case; `server` is this server's own address."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: IO[bytes]
    server: str


@dataclass(frozen=True)
class Response:
    """An answer: a document, or `size` bytes of a file from its current position on."""

    status: HTTPStatus = HTTPStatus.OK
    document: Mapping[str, Any] | None = None
    file: IO[bytes] | None = None
    size: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class StorageApi:
    """Routes requests to buckets, uploads and notifications."""

    def __init__(self, buckets: Buckets, uploads: Uploads, notifications: Notifications, *, page_size: int) -> None:
        self._buckets = buckets
        self._uploads = uploads
        self._notifications = notifications
        self._page_size = page_size
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Response]]] = [
            (method, re.compile(pattern), handler)
            for method, pattern, handler in (
                ("POST", "/storage/v1/b", self._create_bucket),
                ("GET", "/storage/v1/b/([^/]+)", self._get_bucket),
                ("POST", "/storage/v1/b/([^/]+)/notificationConfigs", self._add_notification),
                ("GET", "/storage/v1/b/([^/]+)/notificationConfigs", self._list_notifications),
                ("GET", "/storage/v1/b/([^/]+)/o", self._list_objects),
                ("GET", "(?:/download)?/storage/v1/b/([^/]+)/o/([^/]+)", self._get_object),
                ("DELETE", "/storage/v1/b/([^/]+)/o/([^/]+)", self._delete_object),
                ("POST", "/upload/storage/v1/b/([^/]+)/o", self._upload),
                ("PUT", "/upload/storage/v1/b/([^/]+)/o", self._resume),
            )
        ]

    def answer(self, request: Request) -> Response:
        """The answer to a request. Raises `ApiError`."""
        if unknown := request.query.keys() - _PARAMETERS:
            raise ApiError(HTTPStatus.NOT_IMPLEMENTED, f"This server does not know {', '.join(sorted(unknown))}.")
        for method, pattern, handler in self._routes:
            if method == request.method and (match := pattern.fullmatch(request.path)):
                return handler(request, *(unquote(part) for part in match.groups()))
        raise ApiError(HTTPStatus.NOT_IMPLEMENTED, f"This server does not do {request.method} {request.path}.")

    def _create_bucket(self, request: Request) -> Response:
        return Response(document=self._buckets.create_bucket(str(_document(request).get("name"))))

    def _get_bucket(self, _: Request, bucket: str) -> Response:
        return Response(document=self._buckets.bucket(bucket))

    def _add_notification(self, request: Request, bucket: str) -> Response:
        self._buckets.bucket(bucket)
        return Response(document=self._notifications.add(bucket, _document(request)))

    def _list_notifications(self, _: Request, bucket: str) -> Response:
        return Response(document={"kind": "storage#notifications", "items": self._notifications.of(bucket)})

    def _list_objects(self, request: Request, bucket: str) -> Response:
        live = self._buckets.live(bucket, request.query.get("prefix", ""))
        return Response(document=page(live, request.query, page_size=self._page_size))

    def _get_object(self, request: Request, bucket: str, name: str) -> Response:
        generation = number(request.query, "generation")
        conditions = Conditions.of(request.query)
        if request.query.get("alt") == "media":
            return _media(*self._buckets.open(bucket, name, generation, conditions), request.headers.get("range"))
        return Response(document=self._buckets.get(bucket, name, generation, conditions).resource())

    def _delete_object(self, request: Request, bucket: str, name: str) -> Response:
        self._buckets.delete(bucket, name, number(request.query, "generation"), Conditions.of(request.query))
        return Response(HTTPStatus.NO_CONTENT)

    def _upload(self, request: Request, bucket: str) -> Response:
        name = request.query.get("name")
        content_type = request.headers.get("content-type", "")
        conditions = Conditions.of(request.query)
        match request.query.get("uploadType"):
            case "media" if name:
                return _stored(self._uploads.media(bucket, name, content_type, request.body, conditions))
            case "multipart":
                return _stored(self._uploads.multipart(bucket, name, content_type, request.body, conditions))
            case "resumable":
                media_type = request.headers.get("x-upload-content-type")
                upload_id = self._uploads.begin(bucket, name, media_type, request.body, conditions)
                location = f"{request.server}{request.path}?uploadType=resumable&upload_id={upload_id}"
                return Response(document={}, headers={"Location": location, "X-GUploader-UploadID": upload_id})
        raise ApiError(HTTPStatus.BAD_REQUEST, "Invalid upload request.")

    def _resume(self, request: Request, _: str) -> Response:
        upload_id = request.query.get("upload_id", "")
        result = self._uploads.resume(upload_id, request.headers.get("content-range"), request.body)
        if isinstance(result, Progress):
            headers = {"Range": f"bytes=0-{result.received - 1}"} if result.received else {}
            return Response(HTTPStatus.PERMANENT_REDIRECT, headers=headers)
        return _stored(result)


def _document(request: Request) -> dict[str, Any]:
    try:
        document = json.load(request.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ApiError(HTTPStatus.BAD_REQUEST, "Parse Error")
    return document


def _stored(new: StoredObject) -> Response:
    return Response(document=new.resource())


def _media(stored: StoredObject, file: IO[bytes], wanted: str | None) -> Response:
    headers = {
        "Content-Type": stored.content_type,
        "ETag": stored.resource()["etag"],
        "X-Goog-Generation": str(stored.generation),
        "X-Goog-Hash": f"crc32c={stored.checksums.crc32c},md5={stored.checksums.md5}",
        "X-Goog-Stored-Content-Length": str(stored.size),
    }
    bounds = _RANGE.fullmatch(wanted or "")
    if bounds is None:
        return Response(file=file, size=stored.size, headers=headers)
    start = int(bounds[1])
    end = min(int(bounds[2] or stored.size), stored.size - 1)
    if start >= stored.size:
        file.close()
        return Response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{stored.size}"})
    file.seek(start)
    content_range = f"bytes {start}-{end}/{stored.size}"
    return Response(
        HTTPStatus.PARTIAL_CONTENT, file=file, size=end - start + 1, headers={**headers, "Content-Range": content_range}
    )
