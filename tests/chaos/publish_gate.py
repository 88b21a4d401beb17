"""Between one function and the topics: Pub/Sub's publishing call, passed on to the emulator unless a fault has it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.pubsub_v1 import PublishRequest, PublishResponse

from samo.adapters.deadlines import TOPIC
from tests.chaos.crashes import kill
from tests.chaos.ledger import Subject
from tests.chaos.storage_faults import StorageSituation

_PUBLISH = "/google.pubsub.v1.Publisher/Publish"
_SLOW_SHARE = 0.8
_CALL_S = 10.0
_UNAVAILABLE = (grpc.StatusCode.UNAVAILABLE, "chaos")
_ENDS = {"publish denied": (grpc.StatusCode.PERMISSION_DENIED, "chaos")}


class PublishGate(grpc.GenericRpcHandler):
    """Listens on a port of its own, so that it knows who is calling. A context manager."""

    def __init__(self, emulator_host: str, situation: StorageSituation) -> None:
        self._situation = situation
        self._emulator = grpc.insecure_channel(emulator_host)
        self._call = self._emulator.unary_unary(_PUBLISH)
        self._server = grpc.server(ThreadPoolExecutor(8))
        self._server.add_generic_rpc_handlers((self,))
        self.host = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> PublishGate:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None)
        self._emulator.close()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """The one call that functions make."""
        return grpc.unary_unary_rpc_method_handler(self._publish) if handler_call_details.method == _PUBLISH else None

    def _publish(self, data: bytes, context: grpc.ServicerContext) -> bytes:
        request = PublishRequest.deserialize(data)
        subject = _subject(request, self._situation)
        if not self._situation.ledger.is_spared(subject):
            self._go_wrong(("kill before publish", "publish unavailable", "publish denied"), subject, context)
            self._take_long(subject, data)
        reply = bytes(self._call(data, timeout=_CALL_S))
        for message_id in PublishResponse.deserialize(reply).message_ids:
            self._situation.ledger.accepted(request.topic.rpartition("/")[2], message_id, request.messages[0].data)
        if not self._situation.ledger.is_spared(subject):
            self._go_wrong(("kill after publish", "publish reply lost"), subject, context)
        return reply

    def _go_wrong(self, kinds: Sequence[str], subject: Subject | None, context: grpc.ServicerContext) -> None:
        """End the call by the first of the faults that is due, if any."""
        for kind in kinds:
            if not self._situation.schedule.takes(kind):
                continue
            if kind.startswith("kill"):
                kill(kind, self._situation, subject)
            else:
                self._strikes(kind, subject)
            context.abort(*_ENDS.get(kind, _UNAVAILABLE))

    def _take_long(self, subject: Subject | None, data: bytes) -> None:
        if self._situation.schedule.takes("publish slow"):
            self._strikes("publish slow", subject)
            longest_s = _SLOW_SHARE * TOPIC.within(self._situation.lease_s).answer_s
            time.sleep(self._situation.schedule.draw("publish slow", len(data)).uniform(longest_s / 4, longest_s))

    def _strikes(self, kind: str, subject: Subject | None) -> None:
        self._situation.schedule.tally.add(kind)
        self._situation.ledger.disturbed(subject or (self._situation.worker.stage, 0))


def _subject(request: PublishRequest, situation: StorageSituation) -> Subject | None:
    with contextlib.suppress(ValueError, KeyError, IndexError):
        event = json.loads(request.messages[0].data)
        return situation.worker.stage, int(event["recording"]["generation"])
    return None
