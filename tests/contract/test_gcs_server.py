"""What Cloud Storage does beyond the object store port, checked on our server with plain HTTP requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
import requests

from samo.local.gcs.server import GcsServer
from samo.local.processes import wait_until

BOUNDARY = "===boundary==="


class Message(NamedTuple):
    """What the server published."""

    topic: str
    body: bytes
    attributes: Mapping[str, str]


class Topics:
    """Remembers what is published; refuses as often as `refusals` says."""

    def __init__(self) -> None:
        self.refusals = 0
        self.messages: list[Message] = []

    def publish(self, topic: str, body: bytes, attributes: Mapping[str, str]) -> None:
        """Accept a message, or refuse it."""
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError
        self.messages.append(Message(topic, body, attributes))


@pytest.fixture
def topics() -> Topics:
    """Where notifications go."""
    return Topics()


@pytest.fixture
def url(tmp_path: Path, topics: Topics) -> Iterator[str]:
    """The address of a server with the bucket `b`."""
    with GcsServer(tmp_path, publish=topics.publish) as server:
        requests.post(f"{server.url}/storage/v1/b", json={"name": "b"}, timeout=5).raise_for_status()
        yield server.url


@pytest.fixture
def put(url: str) -> Callable[..., requests.Response]:
    """Stores an object in one request."""

    def put(name: str, data: bytes = b"", **query: str) -> requests.Response:
        parameters = {"uploadType": "media", "name": name, **query}
        return requests.post(f"{url}/upload/storage/v1/b/b/o", params=parameters, data=data, timeout=5)

    return put


def object_url(url: str, name: str) -> str:
    """The address of an object."""
    return f"{url}/storage/v1/b/b/o/{quote(name, safe='')}"


def connect(url: str, **configuration: object) -> None:
    """Let the bucket notify a topic."""
    resource = {"topic": "//pubsub.googleapis.com/projects/p/topics/recordings", "payload_format": "JSON_API_V1"}
    requests.post(
        f"{url}/storage/v1/b/b/notificationConfigs", json={**resource, **configuration}, timeout=5
    ).raise_for_status()


def test_a_new_object_is_notified_as_cloud_storage_does(
    url: str, topics: Topics, put: Callable[..., requests.Response]
) -> None:
    """The body is the object resource, the attributes are those that Cloud Storage documents."""
    connect(url)

    stored = put("josé/día 🌙.wav", b"RIFF").json()

    assert wait_until(lambda: bool(topics.messages), deadline_s=5)
    [message] = topics.messages
    attributes = dict(message.attributes)
    assert message.topic == "projects/p/topics/recordings"
    assert json.loads(message.body) == stored
    assert stored["size"] == "4"
    assert attributes.pop("eventTime").endswith("Z")
    assert attributes == {
        "bucketId": "b",
        "eventType": "OBJECT_FINALIZE",
        "notificationConfig": "projects/_/buckets/b/notificationConfigs/1",
        "objectGeneration": stored["generation"],
        "objectId": "josé/día 🌙.wav",
        "payloadFormat": "JSON_API_V1",
    }


def test_every_generation_is_notified_and_no_deletion(
    url: str, topics: Topics, put: Callable[..., requests.Response]
) -> None:
    """An overwrite names the generation that it took the place of."""
    connect(url, event_types=["OBJECT_FINALIZE"], object_name_prefix="ana/")
    first = put("ana/entry.wav", b"first").json()
    put("bob/entry.wav")
    requests.delete(object_url(url, "ana/entry.wav"), timeout=5).raise_for_status()
    second = put("ana/entry.wav", b"second").json()
    third = put("ana/entry.wav", b"third").json()

    assert wait_until(lambda: len(topics.messages) == 3, deadline_s=5)

    told = [
        (message.attributes["objectGeneration"], message.attributes.get("overwroteGeneration"))
        for message in topics.messages
    ]
    assert told == [
        (first["generation"], None),
        (second["generation"], None),
        (third["generation"], second["generation"]),
    ]


def test_a_refused_notification_is_repeated(url: str, topics: Topics, put: Callable[..., requests.Response]) -> None:
    """A topic that is out of reach for a moment loses nothing."""
    connect(url)
    topics.refusals = 1

    put("ana/entry.wav")

    assert wait_until(lambda: len(topics.messages) == 1, deadline_s=5)


def test_a_multipart_upload_may_hold_its_own_boundary(url: str) -> None:
    """Only the outer parts are parsed; the bytes of a recording are never searched."""
    data = f"\r\n--{BOUNDARY}\r\ncontent-type: x\r\n\r\n--{BOUNDARY}--\r\n".encode() + bytes(range(256))
    resource = f'--{BOUNDARY}\r\ncontent-type: application/json\r\n\r\n{{"name": "m"}}\r\n'
    media = f"--{BOUNDARY}\r\ncontent-type: audio/wav\r\n\r\n"
    body = f"{resource}{media}".encode() + data + f"\r\n--{BOUNDARY}--".encode()

    stored = requests.post(
        f"{url}/upload/storage/v1/b/b/o?uploadType=multipart",
        data=body,
        headers={"content-type": f'multipart/related; boundary="{BOUNDARY}"'},
        timeout=5,
    ).json()

    assert stored["contentType"] == "audio/wav"
    assert requests.get(object_url(url, "m"), params={"alt": "media"}, timeout=5).content == data


def test_a_resumable_upload_survives_a_repeated_piece(url: str) -> None:
    """A client that does not know how far it came asks, goes on from there, and may repeat itself."""
    session = begin(url, {"name": "r"})

    first = requests.put(session, data=b"abcd", headers={"content-range": "bytes 0-3/*"}, timeout=5)
    asked = requests.put(session, headers={"content-range": "bytes */*"}, timeout=5)
    gap = requests.put(session, data=b"z", headers={"content-range": "bytes 9-9/10"}, timeout=5)
    last = requests.put(session, data=b"cdef", headers={"content-range": "bytes 2-5/6"}, timeout=5)

    assert (first.status_code, first.headers["range"]) == (308, "bytes=0-3")
    assert (asked.status_code, asked.headers["range"]) == (308, "bytes=0-3")
    assert gap.status_code == 503
    assert last.json()["size"] == "6"
    assert requests.get(object_url(url, "r"), params={"alt": "media"}, timeout=5).content == b"abcdef"


def test_a_condition_is_checked_when_a_resumable_upload_ends(url: str, put: Callable[..., requests.Response]) -> None:
    """An object that appears meanwhile wins; nothing of the loser is kept."""
    session = begin(url, {"name": "r"}, ifGenerationMatch="0")
    put("r", b"winner")

    refused = requests.put(session, data=b"loser", headers={"content-range": "bytes 0-4/5"}, timeout=5)

    assert refused.status_code == 412
    assert requests.get(object_url(url, "r"), params={"alt": "media"}, timeout=5).content == b"winner"


def test_a_damaged_upload_is_refused(url: str) -> None:
    """The checksum that the client sends along must be that of the bytes."""
    session = begin(url, {"name": "r", "crc32c": "AAAAAA=="})

    refused = requests.put(session, data=b"damaged", headers={"content-range": "bytes 0-6/7"}, timeout=5)

    assert refused.status_code == 400
    assert requests.get(object_url(url, "r"), timeout=5).status_code == 404


def test_a_delimiter_folds_names_into_folders(url: str, put: Callable[..., requests.Response]) -> None:
    """Names below a folder become one prefix, on whichever page they lie."""
    for name in ("in/a", "in/b/1", "in/b/2", "in/c/1", "in/d"):
        put(name)

    items, prefixes, token = [], [], ""
    while True:
        query = {"prefix": "in/", "delimiter": "/", "maxResults": "2", **({"pageToken": token} if token else {})}
        page = requests.get(f"{url}/storage/v1/b/b/o", params=query, timeout=5).json()
        items += [item["name"] for item in page["items"]]
        prefixes += page["prefixes"]
        if not (token := page.get("nextPageToken", "")):
            break

    assert items == ["in/a", "in/d"]
    assert prefixes == ["in/b/", "in/c/"]


def test_a_range_is_part_of_the_bytes(url: str, put: Callable[..., requests.Response]) -> None:
    """From the middle, to the end, and beyond it."""
    put("r", b"0123456789")

    def part(wanted: str) -> tuple[int, bytes, str]:
        answer = requests.get(object_url(url, "r"), params={"alt": "media"}, headers={"range": wanted}, timeout=5)
        return answer.status_code, answer.content, answer.headers["content-range"]

    assert part("bytes=2-4") == (206, b"234", "bytes 2-4/10")
    assert part("bytes=8-99") == (206, b"89", "bytes 8-9/10")
    assert part("bytes=8-") == (206, b"89", "bytes 8-9/10")
    assert part("bytes=10-12") == (416, b"", "bytes */10")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/storage/v1/b/b/o/x"),
        ("POST", "/storage/v1/b/b/o/x/compose"),
        ("GET", "/storage/v1/b/b/o?versions=true"),
        ("GET", "/storage/v1/b/b/o/x?ifMetagenerationMatch=1"),
    ],
)
def test_what_the_server_cannot_do_it_refuses(url: str, method: str, path: str) -> None:
    """An answer that ignores what was asked would teach the code under test something untrue."""
    assert requests.request(method, url + path, timeout=5).status_code == 501


@pytest.mark.parametrize("path", ["/storage/v1/b/other", "/storage/v1/b/other/o", "/storage/v1/b/b/o/missing"])
def test_what_is_not_there_is_not_found(url: str, path: str) -> None:
    """A missing bucket and a missing object."""
    assert requests.get(url + path, timeout=5).status_code == 404


def begin(url: str, resource: Mapping[str, object], **query: str) -> str:
    """The address of a new resumable upload."""
    answer = requests.post(
        f"{url}/upload/storage/v1/b/b/o", params={"uploadType": "resumable", **query}, json=resource, timeout=5
    )
    return answer.headers["location"]


@pytest.mark.parametrize(
    "metadata", ["de", {"language": 7}, {"hotwords": "a" * 8_192}], ids=["text", "number", "large"]
)
def test_metadata_that_cloud_storage_refuses_are_refused(url: str, metadata: object) -> None:
    """Only text by name, at most 8 KiB of it; the answer repeats none."""
    location = begin(url, {"name": "entry.wav", "metadata": metadata})

    answer = requests.put(location, data=b"RIFF", headers={"content-range": "bytes 0-3/4"}, timeout=5)

    assert answer.status_code == 400
    assert "aaa" not in answer.text
