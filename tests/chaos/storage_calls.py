"""What a request to Cloud Storage means to the protocol: a look, a read, a claim, a takeover, a commit, a release."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from samo.domain.names import StageName
from tests.chaos.ledger import Subject

Step = Literal["look", "read", "claim", "takeover", "commit", "report", "release", "other"]

_OBJECT = re.compile(r"(?:/download)?/storage/v1/b/([^/]+)/o/([^/]+)")
_UPLOAD = re.compile(r"/upload/storage/v1/b/([^/]+)/o")
_GENERATION = re.compile(r"/(\d+)\.\w+$")
_NAME_BYTES = 8 * 1024


@dataclass(frozen=True)
class StorageCall:
    """One request: which step of the protocol it is, and what it is about."""

    step: Step
    bucket: str = ""
    name: str = ""
    generation: int | None = None

    def subject(self, stage: StageName) -> Subject | None:
        """The effect that the worker of this stage is at, as far as the call tells."""
        return None if self.generation is None else (stage, self.generation)


def read_call(method: str, path: str, body: bytes) -> StorageCall:
    """What a request means."""
    url = urlsplit(path)
    query = dict(parse_qsl(url.query))
    if method == "POST" and (upload := _UPLOAD.fullmatch(url.path)):
        name = query.get("name") or _name_in(body)
        return StorageCall(_write_step(upload[1], name, query), upload[1], name, _generation_of(name, query))
    found = _OBJECT.fullmatch(url.path)
    if found is None:
        return StorageCall("other")
    bucket, name = found[1], unquote(found[2])
    generation = _generation_of(name, query)
    if method == "DELETE":
        return StorageCall("release" if bucket == "leases" else "other", bucket, name, generation)
    content = query.get("alt") == "media" and bucket != "leases"
    return StorageCall("read" if content else "look", bucket, name, generation)


def _write_step(bucket: str, name: str, query: dict[str, str]) -> Step:
    if bucket == "leases":
        return "claim" if query.get("ifGenerationMatch") == "0" else "takeover"
    if bucket == "results":
        return "report" if name.endswith((".html", ".srt", ".vtt")) else "commit"
    return "other"


def _name_in(body: bytes) -> str:
    """The name in the first part of a multipart upload."""
    head = body[:_NAME_BYTES]
    start = head.find(b"\r\n\r\n")
    end = head.find(b"\r\n--", start + 4)
    try:
        return str(json.loads(head[start:end])["name"])
    except (ValueError, KeyError, TypeError):
        return ""


def _generation_of(name: str, query: dict[str, str]) -> int | None:
    """The recording's generation: in the names of what is made of it, or asked for."""
    if found := _GENERATION.search(name):
        return int(found[1])
    return int(query["generation"]) if "generation" in query else None
