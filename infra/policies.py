"""Hold the Terraform configuration against checkov's policies, but for what is allowed here, with the reason.

policies.py        run by the Python that has checkov (`make infra-check`); exit status 1 for a finding that is not
                   allowed, and for an allowance that nothing needs any more
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """A policy that a resource does not meet; the resource without the modules that it lies in."""

    check: str
    resource: str


_DEPLOYER = "google_project_iam_member.deployer"
_BUCKET = "google_storage_bucket.this"

ALLOWED = {
    Finding("CKV_GCP_62", _BUCKET): (
        "Access logs of buckets would name every person's objects once more. Who reads is in the Data Access audit "
        "logs, which the project's owner switches on and keeps for as long as is right."
    ),
    Finding("CKV_GCP_78", _BUCKET): (
        "Versions of a recording or a result that its owner had deleted must not stay. What is written once needs "
        "none, and soft deletion covers a mistake for a week. The models and the state are versioned."
    ),
    Finding("CKV_GCP_41", f'{_DEPLOYER}["roles/iam.serviceAccountUser"]'): (
        "The deployer makes functions and jobs run as identities that do not exist before its first apply."
    ),
    Finding("CKV_GCP_49", f'{_DEPLOYER}["roles/iam.serviceAccountUser"]'): "The same.",
    Finding("CKV_GCP_49", f'{_DEPLOYER}["roles/iam.serviceAccountAdmin"]'): "It makes those identities.",
    Finding("CKV_GCP_125", "google_iam_workload_identity_pool_provider.github"): (
        "The policy wants one exact subject. Ours is one exact repository, and for the deployer one exact ref."
    ),
}


def findings(report: Any) -> set[Finding]:
    """What failed in checkov's JSON report. Raises `ValueError` for a report that checked nothing or read badly."""
    reports = report if isinstance(report, list) else [report]
    summaries = [one["summary"] for one in reports if "summary" in one]
    if not summaries or not all(one["passed"] for one in summaries):
        raise ValueError("checkov checked nothing")
    if any(one["parsing_errors"] for one in summaries):
        raise ValueError("checkov could not read every file")
    failed = [check for one in reports for check in one["results"]["failed_checks"]]
    return {Finding(check["check_id"], _without_modules(check["resource"])) for check in failed}


def problems(found: Iterable[Finding]) -> list[str]:
    """A line for each finding that is not allowed, and for each allowance without a finding."""
    found = set(found)
    refused = [f"{one.check}: {one.resource} does not meet it" for one in sorted(found - ALLOWED.keys())]
    needless = [
        f"{one.check}: {one.resource} meets it; take its allowance away" for one in sorted(ALLOWED.keys() - found)
    ]
    return [*refused, *needless]


def _without_modules(resource: str) -> str:
    return re.sub(r"^(module\.[^.\[]+(\[[^\]]*\])?\.)*", "", resource)


def main() -> None:
    """Run checkov on this folder and print what is wrong."""
    folder = Path(__file__).resolve().parent
    command = [sys.executable, "-m", "checkov.main", "--directory", str(folder), "--framework", "terraform"]
    command += ["--output", "json", "--quiet", "--compact", "--download-external-modules", "false", "--skip-download"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    try:
        report = json.loads(done.stdout)
        wrong = problems(findings(report))
    except (ValueError, KeyError, TypeError) as error:
        sys.exit(f"checkov: no report that can be read ({error})\n{done.stderr[-2000:]}")
    if wrong:
        sys.exit("\n".join(wrong))
    sys.stdout.write(
        f"checkov: every policy is met, but for {len(ALLOWED)} that infra/policies.py allows with a reason\n"
    )


if __name__ == "__main__":
    main()
