"""Dollars for a thousand recorded minutes and for a month in which nothing is recorded."""

from __future__ import annotations

import math
from importlib.resources import files

import msgspec

from samo.cost.measurements import StageTimes
from samo.domain.names import StageName

MINUTES = 1000.0

_MIB_IN_GIB = 1024.0
_BYTES_IN_TIB = 2.0**40


class Prices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """US dollars for a second, a request, a TiB, a GiB kept for a month, an object written or read.

    `checked` says whether somebody held them against the pages in `sources`.
    """

    as_of: str
    checked: bool
    sources: tuple[str, ...]
    function_vcpu_s: float
    function_gib_s: float
    function_request: float
    job_vcpu_s: float
    job_gib_s: float
    pubsub_tib: float
    storage_gib_month: float
    storage_write: float
    storage_read: float
    image_gib_month: float


class Billing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What times and sizes are rounded up to."""

    function_step_s: float
    job_minimum_s: float
    message_minimum_bytes: int


class Size(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one instance has."""

    vcpu: int
    gib: float


class Assumptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was not measured; the price list says of each why it is so."""

    entry_min: float
    cold_share: float
    requests: dict[StageName, int]
    messages: int
    writes: int
    reads: int
    recording_mib_min: float
    results_mib_entry: float
    stored_months: float
    idle_storage_gib: float
    idle_images_gib: float


class PriceList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`prices.toml`."""

    prices: Prices
    billing: Billing
    functions: dict[StageName, Size]
    assumptions: Assumptions


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars: `parts` of a thousand minutes by what is paid for, their sum, and a month's when idle."""

    entry_min: float
    cold_share: float
    parts: dict[str, float]
    thousand_minutes: float
    idle_month: float


def shipped_price_list() -> PriceList:
    """The price list of this package."""
    return msgspec.toml.decode((files("samo.cost") / "prices.toml").read_bytes(), type=PriceList)


def estimate(measured: StageTimes, told: PriceList) -> Estimate:
    """Reckon. A stage's time grows with the recording; more vCPU than were measured on are not taken for faster."""
    prices, assumed = told.prices, told.assumptions
    entries = MINUTES / assumed.entry_min
    scale = assumed.entry_min * 60.0 / measured.audio_s
    parts: dict[str, float] = {}
    for stage, time in measured.stages.items():
        requests, size = assumed.requests[stage], told.functions[stage]
        warm_s = _rounded(time.warm_s * scale, told.billing)
        cold_s = _rounded(time.warm_s * scale + time.cold_extra_s, told.billing)
        billed_s = (1.0 - assumed.cold_share) * warm_s + assumed.cold_share * cold_s
        second = size.vcpu * prices.function_vcpu_s + size.gib * prices.function_gib_s
        parts[stage] = entries * requests * (billed_s * second + prices.function_request)
    message_tib = told.billing.message_minimum_bytes / _BYTES_IN_TIB
    parts["messages"] = entries * assumed.messages * message_tib * prices.pubsub_tib
    parts["object operations"] = entries * (assumed.writes * prices.storage_write + assumed.reads * prices.storage_read)
    kept_mib = MINUTES * assumed.recording_mib_min + entries * assumed.results_mib_entry
    parts["objects kept"] = kept_mib / _MIB_IN_GIB * assumed.stored_months * prices.storage_gib_month
    return Estimate(
        entry_min=assumed.entry_min,
        cold_share=assumed.cold_share,
        parts=parts,
        thousand_minutes=sum(parts.values()),
        idle_month=assumed.idle_storage_gib * prices.storage_gib_month
        + assumed.idle_images_gib * prices.image_gib_month,
    )


def job_transcription(measured: StageTimes, told: PriceList, *, recording_min: float, tasks: int) -> float:
    """US dollars to transcribe a thousand minutes as jobs: recordings of this length, each split over `tasks`."""
    size, time = told.functions["transcription"], measured.stages["transcription"]
    task_s = time.cold_extra_s + time.warm_s * recording_min * 60.0 / measured.audio_s / tasks
    billed_s = max(told.billing.job_minimum_s, task_s)
    second = size.vcpu * told.prices.job_vcpu_s + size.gib * told.prices.job_gib_s
    return MINUTES / recording_min * tasks * billed_s * second


def _rounded(seconds: float, billing: Billing) -> float:
    # What lies a rounding error above a step is not a step more.
    return math.ceil(round(seconds / billing.function_step_s, 6)) * billing.function_step_s
