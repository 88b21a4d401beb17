"""One page of a bucket's objects: prefix, delimiter, page size and the token of the next page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from samo.local.gcs.errors import ApiError
from samo.local.gcs.objects import StoredObject, number


def page(objects: Iterable[StoredObject], query: Mapping[str, str], *, page_size: int) -> dict[str, Any]:
    """The answer to a list request; `objects` are sorted and start with the prefix that was asked for.

    With a delimiter, all names that hold it after the prefix are folded into one entry of `prefixes`.
    """
    limit = min(number(query, "maxResults") or page_size, page_size)
    start_after = _decode(query.get("pageToken"))
    items: list[dict[str, Any]] = []
    prefixes: list[str] = []
    last = ""
    for stored in objects:
        key = _folded(stored.name, query.get("prefix", ""), query.get("delimiter"))
        if key.encode() <= start_after or key == last:
            continue
        if len(items) + len(prefixes) == limit:
            token = base64.urlsafe_b64encode(last.encode()).decode()
            return {"kind": "storage#objects", "items": items, "prefixes": prefixes, "nextPageToken": token}
        if key == stored.name:
            items.append(stored.resource())
        else:
            prefixes.append(key)
        last = key
    return {"kind": "storage#objects", "items": items, "prefixes": prefixes}


def _folded(name: str, prefix: str, delimiter: str | None) -> str:
    if not delimiter:
        return name
    head, found, _ = name[len(prefix) :].partition(delimiter)
    return prefix + head + found if found else name


def _decode(token: str | None) -> bytes:
    try:
        return base64.urlsafe_b64decode(token) if token else b""
    except (binascii.Error, ValueError):
        raise ApiError(HTTPStatus.BAD_REQUEST, "Invalid page token.") from None
