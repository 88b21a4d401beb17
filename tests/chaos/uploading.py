"""Carrying out a plan: what was stored under which generation, and what must become of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from samo.domain.recording import RecordingRef
from samo.ports import ObjectInfo, ObjectStore
from tests.chaos.plan import Noise, Plan, Planned
from tests.chaos.schedule import Tally

_AHEAD = 8
_POLL_S = 0.1
_PATIENCE_S = 20.0
_LATEST = 6


@dataclass(frozen=True)
class Upload:
    """A stored generation. `live` says whether it is still what its name shows at the end."""

    ref: RecordingRef
    planned: Planned
    live: bool


class Uploading:
    """Stores, overwrites, deletes and publishes, never more than some recordings ahead of what has an outcome."""

    def __init__(
        self,
        recordings: ObjectStore,
        publish: Callable[[str, bytes], None],
        reorder: Callable[[str], None],
        tally: Tally,
        ended: Callable[[RecordingRef], bool],
    ) -> None:
        self._recordings = recordings
        self._publish = publish
        self._reorder = reorder
        self._tally = tally
        self._ended = ended
        self._pause = threading.Event()
        self.uploads: list[Upload] = []
        self._open: list[tuple[RecordingRef, float]] = []
        self._due: list[tuple[int, Callable[[], None]]] = []

    def carry_out(self, plan: Plan) -> None:
        """Do all of it. What happens to a recording later comes up to five steps later: at work, or after it."""
        for number, step in enumerate(plan.steps):
            self._wait_for_room()
            if isinstance(step, Noise):
                self._publish(step.topic, step.body)
                self._tally.add(step.kind)
            else:
                self._store(step, number)
            self._do_what_is_due(number)
        self._do_what_is_due(len(plan.steps) + _LATEST)

    def _wait_for_room(self) -> None:
        # What becomes a dead letter has its outcome when all is over, and must not hold up the others until then.
        while True:
            now = time.monotonic()
            self._open = [(ref, at) for ref, at in self._open if not self._ended(ref) and now - at < _PATIENCE_S]
            if len(self._open) < _AHEAD:
                return
            self._pause.wait(_POLL_S)

    def _do_what_is_due(self, number: int) -> None:
        due = [act for when, act in self._due if when <= number]
        self._due = [(when, act) for when, act in self._due if when > number]
        for act in due:
            act()

    def _store(self, planned: Planned, number: int) -> None:
        wrong_order = planned.then == "is overwritten, events in the wrong order"
        if wrong_order:
            self._reorder(planned.name)
        info = self._recordings.create(planned.name, planned.data)
        self._stored(info, planned, live=planned.then == "stays")
        when = number if wrong_order else number + planned.later
        if planned.then == "is deleted":
            self._due.append((when, lambda: self._delete(info)))
        elif (second := planned.second) is not None:
            self._due.append((when, lambda: self._overwrite(info, second)))

    def _delete(self, info: ObjectInfo) -> None:
        self._recordings.delete(info.name, generation=info.generation)
        self._tally.add("recording deleted")

    def _overwrite(self, info: ObjectInfo, second: Planned) -> None:
        again = self._recordings.replace(info.name, second.data, generation=info.generation)
        self._stored(again, second, live=True)
        self._tally.add("recording overwritten")

    def _stored(self, info: ObjectInfo, planned: Planned, *, live: bool) -> None:
        ref = RecordingRef(bucket=self._recordings.bucket, name=info.name, generation=info.generation)
        self._open.append((ref, time.monotonic()))
        self.uploads.append(Upload(ref, planned, live))
