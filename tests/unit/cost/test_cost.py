"""`samo cost`: sums that can be done by hand, and tables that the guide repeats."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from samo.cli.cost import render
from samo.cli.main import main
from samo.cost.estimate import (
    Assumptions,
    Billing,
    Estimate,
    PriceList,
    Prices,
    Size,
    estimate,
    job_transcription,
    shipped_price_list,
)
from samo.cost.measurements import StageTime, StageTimes

ROOT = Path(__file__).resolve().parents[3]
STAGES = ("transcription", "emotion", "summarization", "insights")

# Round numbers: a stage takes 1 s for 60 s of audio, and half a second more at a start; a vCPU-second is a dollar.
MEASURED = StageTimes(
    command="bench",
    vcpu=2,
    memory_gib=8,
    audio_s=60.0,
    engine="whisper",
    stages={stage: StageTime(warm_s=1.0, cold_extra_s=0.5) for stage in STAGES},
)
TOLD = PriceList(
    prices=Prices(
        as_of="2026-01",
        checked=True,
        sources=("https://example.org",),
        function_vcpu_s=1.0,
        function_gib_s=0.1,
        function_request=0.01,
        job_vcpu_s=0.5,
        job_gib_s=0.05,
        pubsub_tib=2.0**40,
        storage_gib_month=2.0,
        storage_write=0.001,
        storage_read=0.0001,
        image_gib_month=3.0,
    ),
    billing=Billing(function_step_s=0.1, job_minimum_s=60.0, message_minimum_bytes=1),
    functions={stage: Size(vcpu=2, gib=4.0) for stage in STAGES},
    assumptions=Assumptions(
        entry_min=2.0,
        cold_share=0.5,
        requests={"transcription": 1, "emotion": 1, "summarization": 1, "insights": 2},
        messages=10,
        writes=10,
        reads=100,
        recording_mib_min=1.024,
        results_mib_entry=2.048,
        stored_months=1.0,
        idle_storage_gib=2.0,
        idle_images_gib=1.0,
    ),
)


def test_a_thousand_minutes_are_the_sum_of_their_parts() -> None:
    """500 entries of 2 minutes. A stage: 2 s warm and 2.5 s with a start, 2.25 s on average, at $2.40 a second."""
    found = estimate(MEASURED, TOLD)

    assert found.parts == pytest.approx(
        {
            "transcription": 500 * (2.25 * 2.4 + 0.01),
            "emotion": 500 * (2.25 * 2.4 + 0.01),
            "summarization": 500 * (2.25 * 2.4 + 0.01),
            "insights": 2 * 500 * (2.25 * 2.4 + 0.01),
            "messages": 500 * 10,
            "object operations": 500 * (0.01 + 0.01),
            "objects kept": 2 * 2.0,
        }
    )
    assert found.thousand_minutes == pytest.approx(5 * 500 * 5.41 + 5000 + 10 + 4)


def test_an_idle_month_is_storage_alone() -> None:
    """2 GiB of objects at $2 and 1 GiB of images at $3."""
    assert estimate(MEASURED, TOLD).idle_month == pytest.approx(7.0)


def test_time_is_rounded_up_to_what_is_billed() -> None:
    """A request of 20 ms is billed as 100, and one of 100 ms not as 200."""
    short = msgspec.structs.replace(MEASURED, stages={"emotion": StageTime(warm_s=0.01, cold_extra_s=0.0)})
    exact = msgspec.structs.replace(MEASURED, stages={"emotion": StageTime(warm_s=0.05, cold_extra_s=0.0)})

    assert estimate(short, TOLD).parts["emotion"] == pytest.approx(500 * (0.1 * 2.4 + 0.01))
    assert estimate(exact, TOLD).parts["emotion"] == pytest.approx(500 * (0.1 * 2.4 + 0.01))


def test_a_task_of_a_job_is_billed_a_minute_at_least() -> None:
    """Two recordings of 500 minutes: 500 s of work each, as one task or as a hundred; a second costs $1.20."""
    assert job_transcription(MEASURED, TOLD, recording_min=500.0, tasks=1) == pytest.approx(2 * 500.5 * 1.2)
    assert job_transcription(MEASURED, TOLD, recording_min=500.0, tasks=100) == pytest.approx(2 * 100 * 60.0 * 1.2)


def test_the_command_prints_what_the_estimate_says(tmp_path: Path) -> None:
    """With measurements of one's own, and other entries."""
    file = tmp_path / "measured.json"
    file.write_bytes(msgspec.json.encode(MEASURED))

    printed = CliRunner().invoke(
        main, ["cost", "--measurements", str(file), "--entry-min", "5", "--cold-share", "0", "--json"]
    )

    told = shipped_price_list()
    wanted = msgspec.structs.replace(
        told, assumptions=msgspec.structs.replace(told.assumptions, entry_min=5.0, cold_share=0.0)
    )
    assert msgspec.json.decode(printed.stdout, type=Estimate) == estimate(MEASURED, wanted)
    assert set(json.loads(printed.stdout)) == {"entry_min", "cold_share", "parts", "thousand_minutes", "idle_month"}


def test_a_file_without_measurements_is_refused(tmp_path: Path) -> None:
    """One line that says which file and how it is made."""
    file = tmp_path / "measured.json"
    file.write_text('{"command": "bench"}')

    refused = CliRunner().invoke(main, ["cost", "--measurements", str(file)])

    assert refused.exit_code == 1
    assert "measured.json: " in refused.stderr
    assert "samo bench stages --json" in refused.stderr


@pytest.mark.parametrize("checked", [True, False])
def test_prices_that_nobody_has_checked_are_said_to_be_unchecked(checked: bool) -> None:
    """A figure looks exact whoever typed it."""
    told = msgspec.structs.replace(TOLD, prices=msgspec.structs.replace(TOLD.prices, checked=checked))

    assert ("UNCHECKED" in render(MEASURED, told, estimate(MEASURED, told))) is not checked


def test_the_guide_shows_what_the_command_prints() -> None:
    """Between two markers in docs/deploy.md; after new measurements or prices, paste the output there."""
    printed = CliRunner().invoke(main, ["cost"])

    assert printed.exit_code == 0
    assert f"$ samo cost\n{printed.stdout}```" in (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
