"""`samo schemas`: the JSON Schemas that consumers code against."""

from __future__ import annotations

import json
from pathlib import Path

import click
import msgspec

from samo.domain.emotion import EmotionReading
from samo.domain.events import AnalysisReady, InsightReady, TranscriptReady
from samo.domain.failure import Failure
from samo.domain.insight import Insight
from samo.domain.recording import Recording
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript
from samo.inference.model_store.manifest import Channel, Manifest

CONTRACTS: dict[str, type[msgspec.Struct]] = {
    "recording": Recording,
    "transcript": Transcript,
    "emotion-reading": EmotionReading,
    "summary": Summary,
    "insight": Insight,
    "failure": Failure,
    "event-transcript-ready": TranscriptReady,
    "event-analysis-ready": AnalysisReady,
    "event-insight-ready": InsightReady,
    "model-manifest": Manifest,
    "model-channel": Channel,
}


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Write the files here.")
def schemas(out: Path) -> None:
    """Export the JSON Schemas of all documents and events."""
    out.mkdir(parents=True, exist_ok=True)
    for name, kind in CONTRACTS.items():
        Path(out, f"{name}.json").write_text(render_schema(kind), encoding="utf-8")


def render_schema(kind: type[msgspec.Struct]) -> str:
    """The JSON Schema (2020-12) of a contract, as it stands in `docs/schemas`."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
