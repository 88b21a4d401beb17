"""What the benchmarks listen to: a clip again and again, and the speech of its windows."""

from __future__ import annotations

import wave
from contextlib import closing
from pathlib import Path

from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch
from samo.inference.speech.audio import AudioStream, Samples, decode
from samo.inference.speech.sound_reader import SoundReader
from samo.inference.speech.voice_activity import only_speech
from samo.inference.speech.whisper import WINDOW_S
from samo.inference.speech.window_planner import WindowPlanner
from samo.settings import MAX_JOB_AUDIO_S

# Between one reading of the clip and the next: breath, thought, and a walk to the window.
_PAUSES_S = (0.7, 3.0, 12.0)


def speech_of(clip: Path, target: Path, *, minutes: float) -> Path:
    """A 16-bit WAV of so many minutes: the clip again and again, with pauses between."""
    voice = (decode(clip, max_duration_s=600).samples * 32767).astype("<i2").tobytes()
    wanted = int(minutes * 60 * SAMPLE_RATE_HZ) * 2
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        written, number = 0, 0
        while written < wanted:
            pause = bytes(2 * int(_PAUSES_S[number % len(_PAUSES_S)] * SAMPLE_RATE_HZ))
            piece = (voice + pause)[: wanted - written]
            file.writeframes(piece)
            written += len(piece)
            number += 1
    return target


def window_speech(audio: Path) -> list[Samples]:
    """The speech of each window, as the engine gets it."""
    found = []
    with closing(SoundReader(AudioStream(audio, max_duration_s=MAX_JOB_AUDIO_S).blocks())) as reader:
        for window in _planned(audio).windows:
            samples = reader.read(window.start, window.end)
            within = [Stretch(each.start - window.start, each.end - window.start) for each in window.stretches]
            found.append(only_speech(samples, within))
    return found


def _planned(audio: Path) -> WindowPlanner:
    planner = WindowPlanner(window_s=WINDOW_S)
    for block in AudioStream(audio, max_duration_s=MAX_JOB_AUDIO_S).blocks():
        planner.add(block)
    planner.end()
    return planner
