"""Joining the parts of an entry into one insight, in plain sentences made from the readings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from samo.domain.emotion import EmotionReading, LabelScore, SentenceReading
from samo.domain.insight import EmotionShift, Insight, PartStatus
from samo.domain.summary import Summary
from samo.domain.transcript import Transcript

# A turn is worth telling when the passages beside it differ by this much of the valence range [-1, 1].
SHIFT_THRESHOLD = 0.35
_PASSAGE_SENTENCES = 3


def join(
    transcript: Transcript,
    emotions: EmotionReading | None,
    summary: Summary | None,
    *,
    parts: Mapping[Literal["emotions", "summary"], PartStatus],
    created_at: str,
    revision: int = 1,
) -> Insight:
    """The insight of one recording. A part that failed is None and makes the insight degraded."""
    shift = find_shift(emotions.sentences) if emotions else None
    return Insight(
        recording=transcript.recording,
        degraded=any(part.status == "failed" for part in parts.values()),
        parts=dict(parts),
        headline=_headline(transcript, emotions),
        observations=_observations(transcript, emotions, summary, shift),
        shift=shift,
        transcript=transcript,
        emotions=emotions,
        summary=summary,
        created_at=created_at,
        revision=revision,
    )


def find_shift(sentences: tuple[SentenceReading, ...]) -> EmotionShift | None:
    """The sharpest turn between two neighbouring passages of up to three sentences, if it is sharp enough."""
    best: EmotionShift | None = None
    for turn in range(1, len(sentences)):
        before = _mean_valence(sentences[max(0, turn - _PASSAGE_SENTENCES) : turn])
        after = _mean_valence(sentences[turn : turn + _PASSAGE_SENTENCES])
        if abs(after - before) < SHIFT_THRESHOLD:
            continue
        if best is None or abs(after - before) > abs(best.valence_after - best.valence_before):
            best = EmotionShift(
                sentence=turn,
                start_s=sentences[turn].start_s,
                valence_before=round(before, 3),
                valence_after=round(after, 3),
            )
    return best


def authorship(summary: Summary) -> str | None:
    """A line on who made the summary, where readers should know: it is not in their words, or a model's was refused."""
    if summary.method == "abstractive" and summary.made_by is not None:
        return f"Written by the model {summary.made_by.version}, not in your words."
    if summary.fallback_reason in (None, "no_model", "unsupported_language"):
        return None
    return f"In your own words: the model's text was not used ({summary.fallback_reason})."


def clock_time(seconds: float) -> str:
    """Seconds as `m:ss`, or `h:mm:ss` from an hour on."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _mean_valence(sentences: tuple[SentenceReading, ...]) -> float:
    return sum(sentence.valence for sentence in sentences) / len(sentences)


def _headline(transcript: Transcript, emotions: EmotionReading | None) -> str:
    if transcript.empty_reason == "no_speech":
        return "No speech was found in this recording."
    if transcript.empty_reason == "too_quiet":
        return "Whatever is said in this recording is too quiet to be heard."
    if transcript.empty_reason == "unintelligible":
        return "What is said in this recording could not be understood."
    if transcript.empty_reason == "blank_text":
        return "This entry is blank."
    if emotions is None:
        return "The emotions of this entry could not be read."
    # "neutral" beside something else says nothing; alone, it is what there is to say.
    felt = emotions.journal or tuple(label for label in emotions.labels if label.label != "neutral")
    if not felt:
        return "An even-toned entry; no emotion stands out."
    return f"Mostly {_listed(felt[:2])}."


def _observations(
    transcript: Transcript,
    emotions: EmotionReading | None,
    summary: Summary | None,
    shift: EmotionShift | None,
) -> tuple[str, ...]:
    observations = []
    if shift is not None:
        where = f"at {clock_time(shift.start_s)}" if shift.start_s is not None else f"at sentence {shift.sentence + 1}"
        turn = "brightens" if shift.valence_after > shift.valence_before else "darkens"
        observations.append(f"The mood {turn} {where}.")
    if emotions is not None and len(emotions.sentences) > 1:
        peak = max(emotions.sentences, key=lambda sentence: sentence.intensity)
        if peak.labels and peak.labels[0].label != "neutral":
            when = f" at {clock_time(peak.start_s)}" if peak.start_s is not None else ""
            observations.append(f"The strongest moment{when} is one of {peak.labels[0].label}.")
    if emotions is not None and len(emotions.journal) > 2:
        observations.append(f"There is also something {_listed(emotions.journal[2:4])} in it.")
    if "audio_damaged" in transcript.warnings:
        observations.append("Part of the recording is damaged; this covers what could be heard.")
    if summary is None and emotions is not None:
        observations.append("A summary could not be made.")
    return tuple(observations)


def _listed(labels: tuple[LabelScore, ...]) -> str:
    return " and ".join(label.label for label in labels)
