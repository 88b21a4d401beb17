"""What happens to the recordings of a run, from its seed: uploads, overwrites, deletions, and messages in between."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tests.audio.clips import SHORT
from tests.audio.encode import encode

PEOPLE = ("ana", "josé", "mia", "日記", "o'neil")
FEELINGS = (
    "I was so anxious about the exam that I could not sleep.",
    "Then my sister called, and I laughed until I cried.",
    "I am grateful for the soup and the quiet evening.",
    "The meeting made me furious, and nobody listened.",
    "I miss my old friends more than I can say.",
    "Tonight I feel calm and a little proud.",
    "I never thought that I could forgive him, but I did.",
    "The long walk by the river did me good.",
)

Then = Literal["stays", "is overwritten", "is overwritten, events in the wrong order", "is deleted"]


@dataclass(frozen=True)
class Planned:
    """One recording. `text` is what its insight must say, None for speech; `failure_code` for one that must fail.

    `sentinel` is a word that stands in this entry alone. What it says in `then` happens `later` steps after.
    """

    name: str
    data: bytes
    sentinel: str
    text: str | None = None
    failure_code: str | None = None
    then: Then = "stays"
    later: int = 0
    second: Planned | None = None


@dataclass(frozen=True)
class Noise:
    """A message on a topic that no stage can do anything with."""

    kind: str
    topic: str
    body: bytes


@dataclass(frozen=True)
class Plan:
    """What is done, in this order."""

    seed: int
    steps: tuple[Planned | Noise, ...]

    @property
    def recordings(self) -> int:
        """How many recordings are stored, each overwritten one counted twice."""
        planned = [step for step in self.steps if isinstance(step, Planned)]
        return len(planned) + sum(step.second is not None for step in planned)


def make_plan(seed: int, recordings: int, scratch: Path) -> Plan:
    """A plan with this many recordings; `scratch` is an existing folder for audio on its way."""
    draw = random.Random(f"plan {seed}")
    steps: list[Planned | Noise] = []
    voices = [encode(SHORT.path, scratch / f"voice.{kind}").read_bytes() for kind in ("wav", "mp3", "flac", "ogg")]
    count = 0
    spoken = max(2, recordings // 50)
    troubled = max(2, recordings // 20)
    while count < recordings:
        number = len(steps)
        if number < spoken:
            planned = _spoken(draw, number, voices)
        elif number < spoken + 3 * troubled:
            planned = _troubled(draw, number, number % 3, last=recordings - count == 1)
        elif number % 17 == 0:
            planned = _faulty(draw, number)
        else:
            planned = _written(draw, number)
        steps.append(planned)
        count += 2 if planned.second else 1
    noise = [_noise(draw, number) for number in range(max(6, recordings // 20))]
    steps.extend(noise)
    draw.shuffle(steps)
    return Plan(seed, tuple(steps))


def _name(draw: random.Random, number: int, suffix: str) -> str:
    folder = draw.choice(("", "2026/", "my days/", "🌙/"))
    return f"{draw.choice(PEOPLE)}/{folder}entry {number}.{suffix}"


def _sentinel(number: int, *, second: bool = False) -> str:
    return f"zq{'second' if second else 'first'}{number}xv"


def _text(draw: random.Random, sentinel: str) -> str:
    sentences = draw.sample(FEELINGS, draw.randint(1, 4))
    return " ".join([*sentences, f"We called it {sentinel}."])


def _written(draw: random.Random, number: int, name: str | None = None, *, second: bool = False) -> Planned:
    sentinel = _sentinel(number, second=second)
    text = _text(draw, sentinel)
    return Planned(name or _name(draw, number, "txt"), text.encode(), sentinel, text=text)


def _spoken(draw: random.Random, number: int, voices: list[bytes]) -> Planned:
    which = number % len(voices)
    suffix = ("wav", "mp3", "flac", "ogg")[which]
    return Planned(_name(draw, number, suffix), voices[which], sentinel="ill disposed")


def _troubled(draw: random.Random, number: int, which: int, *, last: bool) -> Planned:
    first = _written(draw, number)
    later = draw.randint(0, 5)
    if which == 2 or last:
        return replace(first, then="is deleted", later=later)
    then: Then = "is overwritten" if which == 0 else "is overwritten, events in the wrong order"
    second = _written(draw, number, first.name, second=True)
    return replace(first, then=then, later=later, second=second)


def _faulty(draw: random.Random, number: int) -> Planned:
    sentinel = _sentinel(number)
    choices = (
        ("txt", f"caf\xe9 {sentinel}".encode("latin-1"), "text_not_utf8"),
        ("txt", b"", "recording_empty"),
        ("pdf", f"%PDF {sentinel}".encode(), "recording_type_unknown"),
        ("mp3", f"{sentinel} is no sound".encode(), "audio_unreadable"),
    )
    suffix, data, code = draw.choice(choices)
    return Planned(_name(draw, number, suffix), data, sentinel, failure_code=code)


def _noise(draw: random.Random, number: int) -> Noise:
    kind = ("event malformed", "event of another deployment", "event without object")[number % 3]
    topic = draw.choice(("recordings", "transcripts", "analyses"))
    if kind == "event malformed":
        return Noise(kind, topic, draw.choice((b"nonsense", b"{", b"[]", b"\xff\xfe", b'{"recording": 7}')))
    if kind == "event without object":
        resource = {"bucket": "recordings", "name": f"ana/never {number}.txt", "generation": str(number + 1)}
        return Noise(kind, "recordings", json.dumps({**resource, "size": "1"}).encode())
    reference = {"bucket": "elsewhere", "name": f"ana/foreign {number}.txt", "generation": number + 1}
    pointer = {"bucket": "elsewhere", "name": "x", "generation": 1}
    event: dict[str, object] = {"schema_version": 1, "recording": reference, "object": pointer}
    if topic == "analyses":
        event.update(part="emotions", outcome="ok")
    if topic == "recordings":
        event = {**reference, "generation": str(number + 1), "size": "1"}
    return Noise(kind, topic, json.dumps(event).encode())
