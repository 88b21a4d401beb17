"""`python -m tests.bounds.delivery STAGE BYTES < body`: the process that `confined` measures."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable

from samo import wiring
from samo.boundary import Stage, deliver
from samo.messages import Message

STAGES: dict[str, Callable[[], Stage]] = {
    "transcription": wiring.transcription_stage,
    "emotion": wiring.emotion_stage,
    "summarization": wiring.summarization_stage,
    "insights": wiring.insights_stage,
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
