"""`samo bench transcription`: what surrounds faster-whisper, measured beside faster-whisper itself."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from samo.adapters.directory import DirectoryStore
from samo.adapters.local_jobs import LocalJobs
from samo.domain.recording import RecordingRef
from samo.domain.window_plan import SAMPLE_RATE_HZ, Stretch
from samo.inference.model_store.manifest import Manifest, Provenance
from samo.inference.model_store.publishing import describe, publish
from samo.inference.model_store.store import ModelStore
from samo.inference.speech.audio import AudioStream, Samples, decode
from samo.inference.speech.sound_reader import SoundReader
from samo.inference.speech.voice_activity import only_speech
from samo.inference.speech.whisper import WhisperTranscriber, whisper_transcriber
from samo.inference.speech.whisper_model import load_whisper
from samo.inference.speech.window_planner import WindowPlanner
from samo.modelling.transcripts.random_whisper import random_whisper
from samo.settings import MAX_JOB_AUDIO_S, variable_of

Say = Callable[[str], None]
"""Shows one line to the person who waits."""

_TASKS = (1, 2, 4)
_BATCH = 4

# Of each half minute, where nobody asks how fast a decoder is.
_FEW_TOKENS = 8

# Between one reading of the clip and the next: breath, thought, and a walk to the window.
_PAUSES_S = (0.7, 3.0, 12.0)

_RECORDING = RecordingRef(bucket="recordings", name="bench/speech.wav", generation=1)


class TranscriptionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, with random weights of the true shape.

    `rtf` is seconds of work for a second of recording, from the file to the transcript. `bare_rtf` is that of
    faster-whisper on the speech of the same windows, already in memory; `batched_rtf` that of its batched pipeline.
    `overhead` is how much longer ours takes for these windows, as a share: reading them from the file once more, the
    gates and the document; `overhead_from_file` adds the plan, which is to decode and search the whole file for speech.
    `decode_vad_x` is how many times faster than real time that goes.

    `peak_rss_mb` is the peak of a process that transcribes `minutes`. The other two are those of 5 minutes and of
    `long_minutes`, heard by a `tiny` that says `_FEW_TOKENS` tokens of each half minute: what grows with length is not
    its decoder. `wall_s` maps a number of tasks to the seconds that `fan_out_minutes` took with so many, each on one
    thread, and `same_words` says whether all of them made the same segments.
    """

    size: str
    threads: int
    minutes: float
    rtf: float
    bare_rtf: float
    batched_rtf: float
    overhead: float
    overhead_from_file: float
    peak_rss_mb: float
    rss_5_minutes_mb: float
    rss_long_mb: float
    rss_ratio: float
    long_minutes: float
    decode_vad_x: float
    fan_out_minutes: float
    wall_s: dict[str, float]
    same_words: bool


class SizeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table of sizes; `batched_rtf` is that of faster-whisper's batched pipeline on the same speech."""

    size: str
    disk_mb: float
    load_s: float
    rss_mb: float
    rtf: float
    batched_rtf: float


def measure_transcription(
    clip: Path,
    *,
    size: str,
    threads: int,
    minutes: float,
    long_minutes: float,
    fan_out_minutes: float,
    rounds: int,
    say: Say,
) -> TranscriptionFigures:
    """Measure everything, on speech made of `clip` and pauses; `say` tells what has been done."""
    with tempfile.TemporaryDirectory(prefix="samo-bench-") as scratch:
        folder = Path(scratch)
        models = folder / "models"
        _publish(random_whisper(folder / "weights", size), models, size)
        speech = speech_of(clip, folder / "speech.wav", minutes=minutes)
        best = _alternate(speech, models, folder / "weights", size, threads=threads, rounds=rounds)
        duration_s = _duration_s(speech)
        say(", ".join(f"{name.removesuffix('_s')} {seconds:.1f} s" for name, seconds in best._asdict().items()))
        terse = folder / "terse-models"
        _publish(random_whisper(folder / "terse", "tiny", tokens=_FEW_TOKENS), terse, "tiny")
        rss_5, rss_long = (
            _rss_mb(speech_of(clip, folder / "memory.wav", minutes=length), terse, threads)
            for length in (5.0, long_minutes)
        )
        say(f"memory: {rss_5} MB for 5 minutes, {rss_long} MB for {long_minutes:g}")
        tiny = folder / "tiny-models"
        _publish(random_whisper(folder / "tiny", "tiny"), tiny, "tiny")
        return TranscriptionFigures(
            size=size,
            threads=threads,
            minutes=minutes,
            rtf=round((best.plan_s + best.windows_s) / duration_s, 4),
            bare_rtf=round(best.bare_s / duration_s, 4),
            batched_rtf=round(best.batched_s / duration_s, 4),
            overhead=round(best.windows_s / best.bare_s - 1, 4),
            overhead_from_file=round((best.plan_s + best.windows_s) / best.bare_s - 1, 4),
            peak_rss_mb=_rss_mb(speech, models, threads),
            rss_5_minutes_mb=rss_5,
            rss_long_mb=rss_long,
            rss_ratio=round(rss_long / rss_5, 3),
            long_minutes=long_minutes,
            decode_vad_x=round(duration_s / best.plan_s, 1),
            **_fan_out(speech_of(clip, folder / "fan-out.wav", minutes=fan_out_minutes), tiny, fan_out_minutes, say),
        )


def measure_size(clip: Path, size: str, *, threads: int, minutes: float) -> SizeFigures:
    """One row of the table of sizes."""
    with tempfile.TemporaryDirectory(prefix="samo-bench-") as scratch:
        folder = Path(scratch)
        weights = random_whisper(folder / size, size)
        manifest = _publish(weights, folder / "models", size)
        audio = speech_of(clip, folder / "speech.wav", minutes=minutes)
        started = time.perf_counter()
        model = load_whisper(weights, manifest, threads=threads)
        load_s = time.perf_counter() - started
        [speech, *_] = _window_speech(audio)
        plain_s = _seconds(lambda: _hear(model.transcribe, speech))
        batched_s = _seconds(lambda: _hear_batched(model, [speech]))
        return SizeFigures(
            size=size,
            disk_mb=round(sum(path.stat().st_size for path in weights.iterdir()) / 1e6, 1),
            load_s=round(load_s, 2),
            rss_mb=_rss_mb(audio, folder / "models", threads),
            rtf=round(plain_s * SAMPLE_RATE_HZ / len(speech), 4),
            batched_rtf=round(batched_s * SAMPLE_RATE_HZ / len(speech), 4),
        )


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


def _publish(weights: Path, models: Path, size: str) -> Manifest:
    manifest = Manifest(
        task="transcription",
        version=f"random-{size}",
        engine="ctranslate2",
        files=describe(weights),
        licence="none",
        provenance=Provenance(base="random", data="none", command="samo bench transcription"),
        created_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    publish(DirectoryStore(models), weights, manifest, channel="stable")
    return manifest


def _transcriber(models: Path, threads: int) -> WhisperTranscriber:
    store = ModelStore([DirectoryStore(models)])
    return whisper_transcriber(store, threads=threads, max_duration_s=MAX_JOB_AUDIO_S)


def _alternate(audio: Path, models: Path, weights: Path, size: str, *, threads: int, rounds: int) -> _Best:
    """The best of so many rounds for each of them, one after the other in each round."""
    ours = _transcriber(models, threads)
    manifest = ModelStore([DirectoryStore(models)]).manifest("transcription", f"random-{size}")
    bare = load_whisper(weights, manifest, threads=threads)
    plan = ours.plan(audio, _RECORDING)  # loads the model as well: no round does
    assert plan is not None, "nothing told it to stop"
    windows = _window_speech(audio)
    _hear(bare.transcribe, windows[0][: 30 * SAMPLE_RATE_HZ])
    acts: tuple[Callable[[], object], ...] = (
        lambda: ours.plan(audio, _RECORDING),
        lambda: ours.merge(plan, ours.listen(audio, plan, range(len(plan.windows))), created_at="now"),
        lambda: _hear_all(bare, windows),
    )
    timed = [[_seconds(act) for act in acts] for _ in range(rounds)]
    plan_s, windows_s, bare_s = (min(of_act) for of_act in zip(*timed, strict=True))
    return _Best(plan_s, windows_s, bare_s, _seconds(lambda: _hear_batched(bare, windows)))


class _Best(NamedTuple):
    """Seconds for one recording: our plan of it, its windows with the transcript, and the same windows by others."""

    plan_s: float
    windows_s: float
    bare_s: float
    batched_s: float


def _hear(transcribe: Callable[..., Any], speech: Samples, **options: Any) -> None:
    segments, _ = transcribe(speech, word_timestamps=True, condition_on_previous_text=False, **options)
    for _ in segments:
        continue


def _hear_all(model: WhisperModel, windows: list[Samples]) -> None:
    for speech in windows:
        _hear(model.transcribe, speech)


def _hear_batched(model: WhisperModel, windows: list[Samples]) -> None:
    """Half minute by half minute, as many at once as a window has, at most `_BATCH`."""
    for speech in windows:
        length_s = len(speech) / SAMPLE_RATE_HZ
        halves = [{"start": at, "end": min(at + 30.0, length_s)} for at in np.arange(0.0, length_s, 30.0).tolist()]
        _hear(BatchedInferencePipeline(model).transcribe, speech, batch_size=_BATCH, clip_timestamps=halves)


def _plan_only(audio: Path) -> WindowPlanner:
    planner = WindowPlanner(window_s=300.0)
    for block in AudioStream(audio, max_duration_s=MAX_JOB_AUDIO_S).blocks():
        planner.add(block)
    planner.end()
    return planner


def _window_speech(audio: Path) -> list[Samples]:
    """The speech of each window, as the engine gets it."""
    found = []
    with closing(SoundReader(AudioStream(audio, max_duration_s=MAX_JOB_AUDIO_S).blocks())) as reader:
        for window in _plan_only(audio).windows:
            samples = reader.read(window.start, window.end)
            within = [Stretch(each.start - window.start, each.end - window.start) for each in window.stretches]
            found.append(only_speech(samples, within))
    return found


def _rss_mb(audio: Path, models: Path, threads: int) -> float:
    """The peak of a process of its own that transcribes the file, in megabytes.

    Asked of /proc: `ru_maxrss` begins with what this process had when it started the other.
    """
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from samo.modelling.transcripts.benchmark import _RECORDING, _transcriber\n"
        "_transcriber(Path(sys.argv[2]), int(sys.argv[3])).transcribe(Path(sys.argv[1]), _RECORDING, created_at='')\n"
        "[peak] = [line for line in Path('/proc/self/status').read_text().splitlines() if line.startswith('VmHWM')]\n"
        "print(peak.split()[1])\n"
    )
    command = [sys.executable, "-c", program, str(audio), str(models), str(threads)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this package's own
    return round(int(run.stdout.split()[-1]) * 1024 / 1e6, 1)


def _fan_out(audio: Path, models: Path, minutes: float, say: Say) -> dict[str, Any]:
    """The wall time of the job with so many tasks, each on one thread, and whether they say the same."""
    wall_s, texts = {}, []
    for tasks in _TASKS:
        with tempfile.TemporaryDirectory(prefix="samo-bench-") as scratch:
            folder = Path(scratch)
            stored = DirectoryStore(folder / "recordings").upload(_RECORDING.name, audio)
            ref = msgspec.structs.replace(_RECORDING, generation=stored.generation)
            places = {
                name: (folder / name).as_uri() for name in ("recordings", "results", "leases", "transcripts_topic")
            }
            settings = {**places, "models": models.as_uri(), "threads": "1"}
            jobs = LocalJobs(
                (sys.executable, "-m", "samo.local.transcription_task"),
                {variable_of(field): value for field, value in settings.items()},
            )
            started = time.perf_counter()
            with closing(jobs):
                jobs.launch(ref, tasks=tasks)
                jobs.wait()
            wall_s[str(tasks)] = round(time.perf_counter() - started, 1)
            say(f"{tasks} tasks: {wall_s[str(tasks)]} s")
            [found] = (folder / "results" / "transcripts").rglob("*.json")
            texts.append(json.loads(found.read_bytes())["segments"])
    return {"fan_out_minutes": minutes, "wall_s": wall_s, "same_words": all(each == texts[0] for each in texts)}


def _duration_s(audio: Path) -> float:
    with wave.open(str(audio)) as file:
        return float(file.getnframes() / file.getframerate())


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
