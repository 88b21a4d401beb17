"""The models bucket in trouble: an object gone, one damaged, the bucket out of reach, each until somebody met it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from samo.adapters.directory import DirectoryStore
from samo.domain.errors import PreconditionFailed
from samo.inference.model_store.catalogue import read_channel
from samo.ports import ObjectStore
from samo.wiring.model_stores import bundled_models_folder
from tests.chaos.kinds import KINDS
from tests.chaos.schedule import Schedule
from tests.chaos.storage_calls import StorageCall
from tests.chaos.workers import Worker


def _served_model() -> str:
    channel = read_channel(DirectoryStore(bundled_models_folder()), "emotion", "stable")
    assert channel is not None
    (version,) = channel.versions
    return f"emotion/{version}/model.onnx"


MODEL = _served_model()

_BY_ITSELF_S = 2.0
_AFTER_A_RESTART_S = 15.0
_LASTS_S = 1.0
_PAUSE_S = (5.0, 30.0)
_SEASONS = ("model missing", "model damaged", "models unavailable")


class ModelsTrouble:
    """Goes through the kinds of trouble in a thread. A context manager.

    A worker that has its model never asks again, so where nobody meets the trouble an instance is replaced.
    """

    def __init__(self, models: ObjectStore, schedule: Schedule, recordings: int) -> None:
        self._models = models
        self._schedule = schedule
        self._recordings = recordings
        self._workers: list[Worker] = []
        self._season: str | None = None
        self._met = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="models trouble", daemon=True)

    def begin(self, workers: Sequence[Worker]) -> None:
        """Start; `workers` may be replaced."""
        self._workers = [worker for worker in workers if worker.stage in ("emotion", "summarization")]
        self._thread.start()

    def end(self) -> None:
        """No more of it; everything is as it was."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_down(self) -> bool:
        """Whether the bucket answers 503."""
        return self._season == "models unavailable"

    def refused(self) -> None:
        """A call to the bucket was answered with 503."""
        self._meet("models unavailable")

    def answered(self, call: StorageCall, status: int) -> None:
        """A call about the model was answered by the real server."""
        if call.name != MODEL:
            return
        if status == 404 and self._season == "model missing":
            self._meet("model missing")
        if status < 300 and call.step == "read" and self._season == "model damaged":
            self._meet("model damaged")

    def _meet(self, kind: str) -> None:
        self._schedule.tally.add(kind)
        self._met.set()

    def _run(self) -> None:
        draw = self._schedule.draw("models trouble")
        rounds = KINDS["model missing"].times + round(KINDS["model missing"].per_thousand * self._recordings / 1000)
        for _ in range(rounds):
            for season in draw.sample(_SEASONS, len(_SEASONS)):
                if self._stopping.is_set():
                    return
                with self._trouble(season):
                    if not self._met.wait(_BY_ITSELF_S):
                        draw.choice(self._workers).kill()
                        self._met.wait(_AFTER_A_RESTART_S)
                    self._stopping.wait(_LASTS_S)
            self._stopping.wait(draw.uniform(*_PAUSE_S))

    @contextmanager
    def _trouble(self, season: str) -> Iterator[None]:
        good = self._models.read(MODEL)
        self._met.clear()
        self._season = season
        if season == "model missing":
            self._delete()
        elif season == "model damaged":
            middle = len(good) // 2
            self._put(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
        try:
            yield
        finally:
            self._season = None
            if season != "models unavailable":
                self._put(good)

    def _delete(self) -> None:
        if (info := self._models.stat(MODEL)) is not None:
            self._models.delete(MODEL, generation=info.generation)

    def _put(self, data: bytes) -> None:
        info = self._models.stat(MODEL)
        if info is None:
            self._models.create(MODEL, data, content_type="application/octet-stream")
            return
        try:
            self._models.replace(MODEL, data, generation=info.generation, content_type="application/octet-stream")
        except PreconditionFailed as error:
            raise AssertionError("nobody else writes models") from error
