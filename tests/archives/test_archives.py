"""Each archive serves real events from nothing but itself and its own lock."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from infra.bundle import FUNCTIONS
from samo.adapters.pubsub import message_attributes
from samo.domain.documents import decode, encode_compact
from samo.domain.emotion import EmotionReading
from samo.domain.events import AnalysisReady, Event, InsightReady, TranscriptReady
from samo.domain.insight import Insight
from samo.domain.names import StageName, emotions_name, insight_name, report_name, summary_name, transcript_name
from samo.domain.recording import RecordingRef
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript
from tests.archives.conftest import Cloud
from tests.archives.deployment import Deployment
from tests.wire.bodies import Body, object_notification, wrapped_push

ENTRY = "The exam went well. I am so happy and relieved, and I am grateful to Anna for her help."

# Of the archive, but not of the lock: the stand-in engine, which is for desks without Whisper weights.
STAND_IN = "samo.inference.speech.pocketsphinx"

# Each module in an interpreter that knows the archive and its environment alone.
_IMPORT_ALL = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
"""

Kind = TypeVar("Kind", bound=msgspec.Struct)


def uploaded(cloud: Cloud, name: str, data: bytes) -> tuple[RecordingRef, Body]:
    """Store a recording; what Cloud Storage says of it."""
    info = cloud.recordings.create(name, data)
    ref = RecordingRef(bucket="recordings", name=name, generation=info.generation)
    return ref, wrapped_push(*object_notification(info))


def pushed(event: Event) -> Body:
    """An event of ours, as a push subscription delivers it."""
    return wrapped_push(encode_compact(event), message_attributes(event))


def published(cloud: Cloud, topic: str, kind: type[Kind]) -> list[Kind]:
    """What lies on a topic."""
    return [decode(file.read_bytes(), kind) for file in sorted((cloud.topics / topic).glob("*.json"))]


def stored(cloud: Cloud, name: str, kind: type[Kind]) -> Kind:
    """A result."""
    return decode(cloud.results.read(name), kind)


def test_a_written_entry_becomes_an_insight_through_all_archives(
    deployments: dict[StageName, Deployment], cloud: Cloud, tmp_path: Path
) -> None:
    """Transcript, emotions, summary, insight and report: objects that the deployed functions made over HTTP."""
    ref, upload = uploaded(cloud, "mia/exam.txt", ENTRY.encode())

    with deployments["transcription"].served(tmp_path / "1", cloud.settings) as transcription:
        transcription.deliver(upload)
    [transcribed] = published(cloud, "transcripts", TranscriptReady)
    with deployments["emotion"].served(tmp_path / "2", cloud.settings) as emotion:
        emotion.deliver(pushed(transcribed))
    with deployments["summarization"].served(tmp_path / "3", cloud.settings) as summarization:
        summarization.deliver(pushed(transcribed))
    analysed = published(cloud, "analyses", AnalysisReady)
    with deployments["insights"].served(tmp_path / "4", cloud.settings) as insights:
        for event in analysed:
            insights.deliver(pushed(event))

    assert stored(cloud, transcript_name(ref), Transcript).text == ENTRY
    assert stored(cloud, emotions_name(ref), EmotionReading).recording == ref
    assert stored(cloud, summary_name(ref), Summary).recording == ref
    insight = stored(cloud, insight_name(ref), Insight)
    assert {part: found.status for part, found in insight.parts.items()} == {"emotions": "ok", "summary": "ok"}
    assert cloud.results.read(report_name(ref)).startswith(b"<!doctype html>")
    assert [event.recording for event in published(cloud, "insights", InsightReady)] == [ref]


def test_a_silent_recording_becomes_an_empty_transcript(
    deployments: dict[StageName, Deployment], cloud: Cloud, tmp_path: Path
) -> None:
    """Decoder and voice detection come with the lock; there is nothing to transcribe, so no weights are asked for."""
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * 16_000 * 3))
    ref, upload = uploaded(cloud, "mia/silence.wav", silence.read_bytes())

    with deployments["transcription"].served(tmp_path / "1", cloud.settings) as transcription:
        transcription.deliver(upload)

    transcript = stored(cloud, transcript_name(ref), Transcript)
    assert (transcript.source, transcript.text) == ("speech", "")
    assert transcript.empty_reason is not None


@pytest.mark.parametrize("stage", FUNCTIONS)
def test_every_module_of_an_archive_imports_with_its_own_lock(
    stage: StageName, deployments: dict[StageName, Deployment]
) -> None:
    """No module is missing that another one asks for, and no distribution: also in what no event of a test reaches."""
    deployed = deployments[stage]
    files = (path.relative_to(deployed.source).with_suffix("") for path in deployed.source.rglob("samo/**/*.py"))
    modules = {".".join(path.parts).removesuffix(".__init__") for path in files} - {STAND_IN}

    done = subprocess.run(
        [deployed.python, "-I", "-c", _IMPORT_ALL, deployed.source, *sorted(modules)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert len(modules) > 40
