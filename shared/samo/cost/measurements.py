"""Stage times as `samo bench stages --json` writes them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from samo.domain.errors import SamoError
from samo.domain.names import StageName


class MeasurementsInvalid(SamoError):
    """The file holds no measured stage times; the message names it and the field."""

    code = "measurements_invalid"


class StageTime(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds for the recording in a process that is warm, and how many more the first one took."""

    warm_s: float
    cold_extra_s: float


class StageTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Each stage's time on one recording of `audio_s` seconds, on `vcpu` processors, with `engine` transcribing."""

    command: str
    vcpu: int
    memory_gib: int
    audio_s: float
    engine: str
    stages: dict[StageName, StageTime]


def read_measurements(path: Path) -> StageTimes:
    """Raises `MeasurementsInvalid` for a file that is not one of these."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=StageTimes)
    except msgspec.MsgspecError as error:
        raise MeasurementsInvalid(f"{path.name}: {error}; make it with `samo bench stages --json`") from error
