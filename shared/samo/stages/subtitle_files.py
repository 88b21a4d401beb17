"""Subtitles of a spoken entry, stored beside its transcript."""

from __future__ import annotations

from contextlib import suppress

from samo.domain.errors import PreconditionFailed
from samo.domain.names import subtitles_name
from samo.domain.subtitles import cues_of, srt, vtt
from samo.domain.transcript import Transcript
from samo.ports import ObjectStore


def write_subtitles(results: ObjectStore, transcript: Transcript) -> None:
    """Write `.srt` and `.vtt`, to be called before the transcript is committed: whoever is told of it finds them, too.

    A transcript without text has files without cues. Raises `StoreUnavailable`.
    """
    cues = cues_of(transcript)
    for suffix, text, media_type in (("srt", srt(cues), "application/x-subrip"), ("vtt", vtt(cues), "text/vtt")):
        with suppress(PreconditionFailed):  # an earlier attempt wrote it
            results.create(
                subtitles_name(transcript.recording, suffix), text.encode(), content_type=f"{media_type}; charset=utf-8"
            )
