"""What an engine does besides its work: it reports to nobody, and leaves nothing in the user's folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

READ = """
from pathlib import Path
from samo.adapters.directory import DirectoryStore
from samo.domain.sentences import sentences_of
from samo.wiring.engines import open_emotion_reader
from tests.unit.given_documents import a_transcript

transcript = a_transcript()
reader = open_emotion_reader([DirectoryStore(Path("shared/models"))], channel="stable", threads=1)
assert reader.read(sentences_of(transcript), transcript, created_at="2026-01-01T00:00:00Z").sentences
"""

HEAR = """
from samo.inference.speech.audio import decode
from samo.inference.speech.voice_activity import speech_stretches
from tests.audio.clips import SHORT

assert speech_stretches(decode(SHORT.path, max_duration_s=60.0).samples)
"""

QUANTISE = """
import samo.modelling.emotion.quantisation
import onnxruntime

onnxruntime.InferenceSession("tests/golden/emotion_words/model.onnx")
"""


@pytest.mark.parametrize("script", [READ, HEAR, QUANTISE], ids=["read", "hear", "quantise"])
def test_an_engine_leaves_nothing_in_the_users_folders(script: str, tmp_path: Path) -> None:
    """ONNX Runtime collects its reports in the user's cache: an empty cache is the sign that there are none."""
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir(), cache.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(cache)}

    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)

    assert sorted(tmp_path.rglob("*")) == [cache, home]
