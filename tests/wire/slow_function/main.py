"""Function `transcription`, whose engine takes a minute while the file that SLOW names exists."""

import os
import time
from pathlib import Path

import functions_framework

from samo.adapters.directory import DirectoryStore
from samo.boundary import entry_point
from samo.domain.recording import RecordingRef
from samo.domain.transcript import Transcript
from samo.stages.transcription import TranscriptionStage
from samo.wiring import SystemClock, transcription_stage
from tests.fakes.engines import HearingTranscriber


class SlowTranscriber(HearingTranscriber):
    """Whoever waits for this one is killed before."""

    def transcribe(self, audio: Path, recording: RecordingRef, *, created_at: str) -> Transcript:
        """Hear the file's text, after a minute or at once."""
        if Path(os.environ["SLOW"]).exists():
            time.sleep(60)
        return super().transcribe(audio, recording, created_at=created_at)


def slow_stage() -> TranscriptionStage:
    """The stage as deployed, but for its engine."""
    runner = transcription_stage().runner
    recordings = DirectoryStore(Path(os.environ["RECORDINGS"]))
    return TranscriptionStage(
        recordings, SlowTranscriber(), runner, SystemClock(), max_audio_bytes=10**6, max_text_bytes=10**6
    )


handle = functions_framework.cloud_event(entry_point(slow_stage, grace_s=0.5))
