"""`python -m tests.bounds.delivery STAGE BYTES < body`: the process that `confined` measures."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable

from samo.boundary import Stage, deliver
from samo.messages import Message
from samo.wiring.emotion import emotion_stage
from samo.wiring.insights import insights_stage
from samo.wiring.summarization import summarization_stage
from samo.wiring.transcription import transcription_stage

STAGES: dict[str, Callable[[], Stage]] = {
    "transcription": transcription_stage,
    "emotion": emotion_stage,
    "summarization": summarization_stage,
    "insights": insights_stage,
}


def peak_mib() -> int:
    """The largest that this process has been."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Deliver, and print how it ended."""
    stage, limit = STAGES[sys.argv[1]](), int(sys.argv[2])
    message = Message(id="confined", data=sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    before = peak_mib()
    outcome = deliver(stage, message)
    json.dump({"ended": outcome.ended, "code": outcome.code, "grown_mib": peak_mib() - before}, sys.stdout)


if __name__ == "__main__":
    main()
