"""Function `transcription`, whose engine takes a minute while the file that SLOW names exists."""

import os
import time
from pathlib import Path

import functions_framework

from samo.adapters.directory import DirectoryStore
from samo.boundary import entry_point
from samo.settings import TranscriptionSettings, read_settings
from samo.stages.spoken_entries import SpokenEntries
from samo.stages.stored_recordings import StoredRecordings
from samo.stages.transcription import TranscriptionStage
from samo.wiring.clock import SystemClock
from samo.wiring.places import open_store
from samo.wiring.transcription import transcription_stage
from tests.fakes.engines import HearingTranscriber


class SlowTranscriber(HearingTranscriber):
    """Whoever waits for this one is killed before."""

    def __init__(self) -> None:
        super().__init__()
        self.before_window = self._dawdle

    def _dawdle(self, _window: int) -> None:
        if Path(os.environ["SLOW"]).exists():
            time.sleep(60)


def slow_stage() -> TranscriptionStage:
    """The stage as deployed, but for its engine."""
    settings = read_settings(TranscriptionSettings, os.environ)
    recordings = StoredRecordings(
        DirectoryStore(Path(os.environ["RECORDINGS"])), max_audio_bytes=10**6, max_text_bytes=10**6
    )
    spoken = SpokenEntries(recordings, open_store(settings.results), SlowTranscriber(), SystemClock())
    runner = transcription_stage().runner
    return TranscriptionStage(recordings, open_store(settings.leases), spoken, runner, SystemClock())


handle = functions_framework.cloud_event(entry_point(slow_stage, grace_s=0.5))
