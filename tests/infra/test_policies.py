"""The allow-list of policies: what is not in it fails, and what nothing needs fails, too."""

from __future__ import annotations

import re
from typing import Any

import pytest

from infra.policies import ALLOWED, Finding, findings, problems
from tests.infra.applied import INFRA


def report(*failed: tuple[str, str], passed: int = 7, parsing_errors: int = 0) -> dict[str, Any]:
    """A report as checkov writes it, of these policies and resources."""
    checks = [{"check_id": check, "resource": resource} for check, resource in failed]
    summary = {"passed": passed, "failed": len(failed), "parsing_errors": parsing_errors}
    return {"check_type": "terraform", "results": {"failed_checks": checks}, "summary": summary}


def test_what_is_allowed_is_found_wherever_its_module_is_used() -> None:
    """The same bucket stands in many modules; one allowance speaks of it."""
    found = findings(
        report(
            ("CKV_GCP_62", "module.pipeline.module.leases.google_storage_bucket.this"),
            ("CKV_GCP_62", 'module.state["one"].google_storage_bucket.this'),
            ("CKV_GCP_62", "google_storage_bucket.this"),
        )
    )

    assert found == {Finding("CKV_GCP_62", "google_storage_bucket.this")}


def test_a_finding_that_is_not_allowed_is_a_problem() -> None:
    """With the policy and the resource."""
    public = Finding("CKV_GCP_114", "google_storage_bucket.this")

    assert problems({*ALLOWED, public}) == ["CKV_GCP_114: google_storage_bucket.this does not meet it"]


def test_an_allowance_that_nothing_needs_is_a_problem() -> None:
    """Else the list would only ever grow."""
    met = next(iter(ALLOWED))

    (problem,) = problems({one for one in ALLOWED if one != met})
    assert problem == f"{met.check}: {met.resource} meets it; take its allowance away"


def test_findings_that_are_all_allowed_are_no_problem() -> None:
    """And every allowance says why."""
    assert problems(ALLOWED) == []
    assert all(reason.endswith(".") for reason in ALLOWED.values())


@pytest.mark.parametrize("empty", [[], {"passed": 0}, report(passed=0), report(parsing_errors=1)])
def test_a_report_that_checked_nothing_is_not_taken_for_a_good_one(empty: Any) -> None:
    """Checkov exits with 0 where it finds no file."""
    with pytest.raises(ValueError, match="checkov"):
        findings(empty)


def test_checkov_is_pinned_with_hashes_within_what_is_asked_for() -> None:
    """It has an environment of its own: its hundred packages are nobody else's."""
    lock = (INFRA / "requirements.txt").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", lock))

    assert (INFRA / "requirements.in").read_text() == "checkov>=3.2,<4\n"
    assert any(block.startswith("checkov==3.") for block in blocks)
    assert all("--hash=sha256:" in block for block in blocks)
