"""How many cases of each capability a model reads right, and which ones it does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from samo.domain.emotion import EmotionReading
from samo.domain.recording import RecordingRef
from samo.domain.sentences import sentences_of
from samo.domain.written_entry import written_entry
from samo.modelling.emotion.behaviour.cases import Case
from samo.ports import EmotionReader

RECORDING = RecordingRef(bucket="behaviour", name="case", generation=1)
CREATED_AT = "1970-01-01T00:00:00Z"


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """The pass rate of one capability, and the texts that were read wrong."""

    capability: str
    passed: int
    n: int
    failed: tuple[str, ...]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What `samo evaluate behaviour --json` prints."""

    model: str | None
    passed: int
    n: int
    capabilities: tuple[Capability, ...]


def evaluate_behaviour(reader: EmotionReader, cases: Sequence[Case]) -> Behaviour:
    """Read every case as an entry of its own. Raises `ModelUnavailable`."""
    readings = [_reading(reader, case.text) for case in cases]
    met = [case.is_met_by(_found(reading)) for case, reading in zip(cases, readings, strict=True)]
    judged = zip(cases, met, strict=True)
    capabilities = [_capability(name, each) for name, each in groupby(judged, key=lambda pair: pair[0].capability)]
    versions = {reading.made_by.version for reading in readings if reading.made_by is not None}
    return Behaviour(
        model=", ".join(sorted(str(version) for version in versions)) or None,
        passed=sum(met),
        n=len(cases),
        capabilities=tuple(capabilities),
    )


def _capability(name: str, judged: Iterable[tuple[Case, bool]]) -> Capability:
    pairs = list(judged)
    return Capability(
        capability=name,
        passed=sum(right for _, right in pairs),
        n=len(pairs),
        failed=tuple(case.text for case, right in pairs if not right),
    )


def _reading(reader: EmotionReader, text: str) -> EmotionReading:
    entry = written_entry(text, RECORDING, created_at=CREATED_AT)
    return reader.read(sentences_of(entry), entry, created_at=CREATED_AT)


def _found(reading: EmotionReading) -> set[str]:
    return {score.label for score in (*reading.labels, *reading.journal)}
