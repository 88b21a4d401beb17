"""One run: upload under faults, wait until all is quiet, end the faults, replay the dead letters, audit."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from samo.domain.documents import decode
from samo.domain.errors import PermanentError
from samo.domain.events import InsightReady
from samo.domain.names import STAGES, failure_name, insight_name
from samo.domain.recording import RecordingRef
from samo.local.processes import wait_until
from samo.local.topology import BACKOFF_S
from tests.chaos.audit import Event, Verdict, audit_leases, audit_results, find_unexpected_errors, find_words_in_logs
from tests.chaos.plan import Plan, make_plan
from tests.chaos.report import Report, recoveries, wilson
from tests.chaos.schedule import Schedule
from tests.chaos.uploading import Upload, Uploading
from tests.chaos.workers import SKEW_S
from tests.chaos.world import DELIVERY, Sabotage, World, run_world

_QUIET_S = 30.0
_REPLAYS = 5
_SETTLE_S = 0.5

# The lease of a worker that is ahead, seen by one that is behind; a refused delivery's wait for the next one; and a
# second in which a busy machine wakes its threads.
_RECOVERY_S = DELIVERY.lease_s + 2 * SKEW_S + BACKOFF_S + 1.0

Say = Callable[[str], None]


def run_chaos(
    folder: Path, *, seed: int, recordings: int, say: Say = lambda _: None, sabotage: Sabotage = str
) -> Report:
    """Run one seed in an empty folder. Raises `LocalStackError` when a program is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = make_plan(seed, recordings, folder)
    schedule = Schedule(seed, recordings)
    with run_world(folder, schedule, recordings, sabotage) as world:
        started = time.monotonic()
        say(f"seed {seed}: {plan.recordings} recordings")
        uploading = Uploading(
            world.store("recordings"),
            world.publish,
            world.deliveries.reorder,
            schedule.tally,
            lambda ref: _has_outcome(ref, world),
        )
        world.models.begin(world.workers)
        uploading.carry_out(plan)
        stuck = _wait_until_quiet(world, say)
        done = sum(_has_outcome(upload.ref, world) for upload in uploading.uploads)
        dead = world.ledger.dead_letters
        schedule.calm()
        world.models.end()
        say(f"seed {seed}: quiet after {time.monotonic() - started:.0f} s; {dead} dead letters are replayed")
        replayed, stuck_again = _replay(world, say)
        elapsed_s = time.monotonic() - started
        verdict = _audit(world, plan, uploading.uploads)
        verdict.wrong.extend([*stuck, *stuck_again])
        if replayed < dead:
            verdict.lost.append(f"{dead} dead letters, and {replayed} replayed")
    return _report(plan, world, verdict, done=done, dead=dead, replayed=replayed, elapsed_s=elapsed_s)


def _has_outcome(ref: RecordingRef, world: World) -> bool:
    names = {failure_name("transcription", ref), failure_name("insights", ref)}
    with suppress(PermanentError):  # a name that no insight can have
        names.add(insight_name(ref))
    return world.ledger.has_written(names)


def _wait_until_quiet(world: World, say: Say) -> list[str]:
    """What is left if it never gets quiet. The patience begins anew whenever something moves."""
    left = -1
    while True:
        before, left = left, len(world.ledger.open_messages())
        if wait_until(world.is_quiet, deadline_s=_QUIET_S, poll_s=0.2):
            time.sleep(_SETTLE_S)
            if world.is_quiet():
                return []
        elif left == before:
            return [f"{stage} never dealt with message {number}" for stage, number in world.ledger.open_messages()]
        say(f"{left} messages are on their way")


def _replay(world: World, say: Say) -> tuple[int, list[str]]:
    """Replay until nothing comes back; how many there were, and what is stuck."""
    found = 0
    for _ in range(_REPLAYS):
        more = world.replay_dead_letters()
        found += more
        stuck = _wait_until_quiet(world, say)
        if stuck or not more:
            return found, stuck
    return found, ["dead letters come back without end"]


def _audit(world: World, plan: Plan, uploads: list[Upload]) -> Verdict:
    world.listen()
    events = [Event(message.attributes["ce-id"], decode(message.data, InsightReady)) for message in world.events]
    never = tuple(f"failures/{stage}/ana/never " for stage in STAGES)
    verdict = audit_results(
        uploads,
        world.store("results"),
        world.ledger.writes(),
        events,
        expected_besides=("rejected-events/", *never),
    )
    outcomes = frozenset(name.rpartition("/")[2].rpartition(".")[0] for name in world.ledger.writes())
    verdict.leases_left, blocking = audit_leases(
        world.store("leases"), now_s=time.time(), longest_s=DELIVERY.lease_s + SKEW_S, outcomes=outcomes
    )
    verdict.wrong.extend(blocking)
    logs = sorted(world.logs.glob("*.log"))
    verdict.wrong.extend(find_unexpected_errors(logs))
    verdict.leaks.extend(find_words_in_logs(logs, (upload.planned.sentinel for upload in uploads)))
    return verdict


def _report(
    plan: Plan, world: World, verdict: Verdict, *, done: int, dead: int, replayed: int, elapsed_s: float
) -> Report:
    recovery = recoveries(world.ledger.recoveries(bound_s=_RECOVERY_S), bound_s=_RECOVERY_S)
    if late := recovery.alone - recovery.within_bound:
        verdict.wrong.append(f"{late} recoveries began after {_RECOVERY_S:.0f} s, with nothing else in their way")
    messages = world.ledger.messages()
    calls = world.ledger.store_calls
    return Report(
        seed=plan.seed,
        recordings=verdict.recordings,
        insights=verdict.insights,
        failures=verdict.failures,
        both_records=verdict.both_records,
        lost=len(verdict.lost),
        duplicate_insights=len(verdict.duplicates),
        leaks=len(verdict.leaks),
        dead_lettered=dead,
        dead_letters_replayed=replayed,
        done_under_faults=wilson(done, verdict.recordings),
        messages=messages["messages"],
        pushes=messages["pushes"],
        deliveries=world.ledger.deliveries,
        retries=world.ledger.retries,
        duplicate_events=verdict.duplicate_events,
        store_calls=calls,
        store_calls_disturbed=world.ledger.disturbed_calls / max(1, calls),
        leases_left=verdict.leases_left,
        recovery=recovery,
        faults=world.schedule.tally.counts(),
        elapsed_s=round(elapsed_s, 1),
        findings=tuple(verdict.findings),
    )
