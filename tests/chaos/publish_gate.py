"""Between one function and the topics: Pub/Sub's publishing call, passed on to the emulator unless a fault has it."""

from __future__ import annotations

import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.pubsub_v1 import PublishRequest, PublishResponse

from tests.chaos.crashes import kill
from tests.chaos.ledger import Subject
from tests.chaos.storage_faults import StorageSituation

_PUBLISH = "/google.pubsub.v1.Publisher/Publish"
_SLOW_S = 1.0
_CALL_S = 10.0


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
        situation, schedule, tally = self._situation, self._situation.schedule, self._situation.schedule.tally
        request = PublishRequest.deserialize(data)
        subject = _subject(request, situation)
        if schedule.takes("kill before publish"):
            kill("kill before publish", situation, subject)
            context.abort(grpc.StatusCode.UNAVAILABLE, "chaos")
        if schedule.takes("publish unavailable"):
            tally.add("publish unavailable")
            context.abort(grpc.StatusCode.UNAVAILABLE, "chaos")
        if schedule.takes("publish denied"):
            tally.add("publish denied")
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "chaos")
        if schedule.takes("publish slow"):
            tally.add("publish slow")
            time.sleep(schedule.draw("publish slow", len(data)).uniform(0.1, _SLOW_S))
        reply = bytes(self._call(data, timeout=_CALL_S))
        for message_id in PublishResponse.deserialize(reply).message_ids:
            situation.ledger.accepted(request.topic.rpartition("/")[2], message_id, request.messages[0].data)
        if schedule.takes("kill after publish"):
            kill("kill after publish", situation, subject)
            context.abort(grpc.StatusCode.UNAVAILABLE, "chaos")
        if schedule.takes("publish reply lost"):
            tally.add("publish reply lost")
            context.abort(grpc.StatusCode.UNAVAILABLE, "chaos")
        return reply


def _subject(request: PublishRequest, situation: StorageSituation) -> Subject | None:
    with contextlib.suppress(ValueError, KeyError, IndexError):
        event = json.loads(request.messages[0].data)
        return situation.worker.stage, int(event["recording"]["generation"])
    return None
