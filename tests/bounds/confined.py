"""One delivery to a real stage in a process of its own, whose memory is limited and measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from samo.domain.names import StageName
from samo.wiring.model_stores import bundled_models_folder

ROOT = Path(__file__).parents[2]

# Of address space, which is several times what is used: a process that forgets every bound ends here, not the machine.
ADDRESS_SPACE_BYTES = 4 * 1024**3
DEADLINE_S = 300


class Ending(msgspec.Struct, frozen=True):
    """How the delivery ended, and by how many MiB the process grew for it, at its largest."""

    ended: str
    code: str | None
    grown_mib: int


def deliver_confined(stage: StageName, data: bytes, environment: Mapping[str, str]) -> Ending:
    """Hand a message with this body to the stage. Raises `CalledProcessError` when the process does not survive it."""
    finished = subprocess.run(
        (sys.executable, "-m", "tests.bounds.delivery", stage, str(ADDRESS_SPACE_BYTES)),
        input=data,
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
        cwd=ROOT,
        timeout=DEADLINE_S,
        check=True,
    )
    return msgspec.convert(json.loads(finished.stdout), Ending)


def environment_of(folder: Path) -> dict[str, str]:
    """Buckets and topics below `folder`, the model that ships with the package, and the speech engine that does."""
    buckets = {f"SAMO_{name.upper()}": (folder / name).as_uri() for name in ("recordings", "results", "leases")}
    topics = {
        f"SAMO_{name.upper()}_TOPIC": (folder / "topics" / name).as_uri()
        for name in ("transcripts", "analyses", "insights")
    }
    engines = {"SAMO_MODELS": bundled_models_folder().as_uri(), "SAMO_SPEECH_ENGINE": "pocketsphinx"}
    return {**buckets, **topics, **engines}
