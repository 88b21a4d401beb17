"""How good a recording is to listen to, and one sentence of advice where it is poor. All thresholds are here."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

# From about here down the word errors of large Whisper climb in noise (Radford et al. 2023, figure 5), and those of
# smaller models earlier.
POOR_SIGNAL_TO_NOISE_DB = 10.0

# One sample in a thousand at the limit is audible distortion; a loud and clean recording touches it with a few samples.
POOR_CLIPPED_SHARE = 0.001

# 16 bits end at -98 dBFS and a microphone's own noise lies around -70: speech below -45 is not far above it. Levelled
# for broadcast, speech lies near -23 (EBU R 128).
POOR_LEVEL_DBFS = -45.0

# Whisper itself takes a mean below -1 as failure (Radford et al. 2023, section 4.5).
POOR_MEAN_LOG_PROBABILITY = -1.0

# Conversations run at 120 to 200 words a minute; auctioneers at 250.
POOR_WORDS_PER_MINUTE = 250.0

CLIPS = "The recording clips: speak further from the microphone, or lower its level."
QUIET = "The recording is very quiet: speak closer to the microphone."
NOISY = "The recording is noisy: move closer to the microphone, or to a quieter place."
FAST = "The words come very fast: speak more slowly, and words are missed less often."
UNSURE = "Many words are uncertain: read the transcript with care, and record again in a quiet place if it matters."
SILENT = "Nothing but silence was recorded: check that the microphone is on and not covered."


class SoundQuality(NamedTuple):
    """The measures of `Quality` that sound alone gives."""

    signal_to_noise_db: float | None
    level_dbfs: float | None
    clipped_share: float
    speech_share: float


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Measures of a spoken recording.

    `signal_to_noise_db` is the power of speech over that of what remains in the pauses, `level_dbfs` the level of
    speech (of everything where nobody speaks) against full scale, both None where there is nothing to measure. The
    shares are in [0, 1]: samples at the limit of the scale, and time with speech in it. `advice` is one sentence for
    the person who recorded, None where nothing is poor.
    """

    signal_to_noise_db: float | None
    level_dbfs: float | None
    clipped_share: float
    speech_share: float
    mean_log_probability: float | None
    advice: str | None


def advice_of(
    *,
    signal_to_noise_db: float | None,
    level_dbfs: float | None,
    clipped_share: float,
    mean_log_probability: float | None,
    words_per_minute: float | None,
) -> str | None:
    """What would help most; None where nothing is poor. What can be changed at the microphone comes first."""
    if level_dbfs is None:
        return SILENT
    if clipped_share > POOR_CLIPPED_SHARE:
        return CLIPS
    if level_dbfs < POOR_LEVEL_DBFS:
        return QUIET
    if signal_to_noise_db is not None and signal_to_noise_db < POOR_SIGNAL_TO_NOISE_DB:
        return NOISY
    if mean_log_probability is not None and mean_log_probability < POOR_MEAN_LOG_PROBABILITY:
        return UNSURE
    if words_per_minute is not None and words_per_minute > POOR_WORDS_PER_MINUTE:
        return FAST
    return None
