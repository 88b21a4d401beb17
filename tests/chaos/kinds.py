"""Every kind of fault, in a sentence, and how often a run wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    `share` is its part of the disturbed store calls; `rate` the probability per opportunity; `times` how often per
    run of any size, plus `per_thousand` for each thousand recordings. A kind has one of the three. `scarce`: it has few
    opportunities, so the first is taken.
    """

    says: str
    share: float = 0.0
    rate: float = 0.0
    times: int = 0
    per_thousand: float = 0.0
    scarce: bool = False


KINDS: Mapping[str, Kind] = {
    # Cloud Storage, as a function meets it: 10–30 % of its calls.
    "store answers 429": Kind("a call is refused before it is looked at: too many requests", share=2),
    "store answers 500": Kind("a call is refused before it is looked at: internal error", share=1),
    "store answers 503": Kind("a call is refused before it is looked at: unavailable", share=3),
    "store answers 503, done": Kind("a call is performed and answered with unavailable", share=2),
    "connection dropped": Kind("a call's connection is closed before it is looked at", share=2),
    "reply lost": Kind("a look or a read is performed and its connection closed without an answer", share=1),
    "reply lost on create": Kind("a create-only write is performed, its answer lost; the client tries again", share=2),
    "reply lost on takeover": Kind(
        "a conditional overwrite of a lease is performed, its answer lost", times=1, per_thousand=4, scarce=True
    ),
    "reply lost on release": Kind("the deletion of a lease is performed, its answer lost", share=1),
    "reply slow": Kind("an answer takes up to four fifths of the client's patience", share=1),
    "reply never": Kind("no answer within the client's patience", times=1, per_thousand=3),
    "read truncated": Kind("a body ends in its middle", share=1),
    "read damaged": Kind("a body arrives with another byte in it", share=1),
    "owner slower than its lease": Kind(
        "a commit is held back until the lease has run out and another worker has committed; then it goes on",
        times=1,
        per_thousand=6,
    ),
    # kill -9 at each boundary, and SIGTERM.
    "kill after claim": Kind("kill -9 when the lease has been created", times=1, per_thousand=5),
    "kill after takeover": Kind(
        "kill -9 when an expired lease has been taken over", times=1, per_thousand=4, scarce=True
    ),
    "kill at work": Kind("kill -9 while the recording or the transcript is read", times=1, per_thousand=5),
    "kill before commit": Kind("kill -9 when the work is done and nothing is written", times=1, per_thousand=5),
    "kill after commit": Kind("kill -9 when the result is stored and nobody has been told", times=1, per_thousand=5),
    "kill before publish": Kind("kill -9 at the call that publishes", times=1, per_thousand=5),
    "kill after publish": Kind("kill -9 when the event has been accepted", times=1, per_thousand=5),
    "kill before release": Kind("kill -9 at the call that releases the lease", times=1, per_thousand=5),
    "kill before ack": Kind(
        "kill -9 when the lease is released and the delivery not answered", times=1, per_thousand=5
    ),
    "SIGTERM at work": Kind("SIGTERM in the middle of an effect, SIGKILL ten seconds later", times=1, per_thousand=3),
    # Pub/Sub, as a function meets it.
    "publish unavailable": Kind("the topic answers UNAVAILABLE; the client tries again", rate=0.06),
    "publish denied": Kind("the topic refuses in a way that no client repeats", rate=0.02),
    "publish reply lost": Kind("the event is accepted, the answer lost; the client publishes it again", rate=0.04),
    "publish slow": Kind("the topic takes up to four fifths of the client's patience", rate=0.03),
    # Deliveries.
    "delivered twice or more": Kind("an event is delivered 2–5 times at once", rate=0.35),
    "delivered late again": Kind("a copy of an event comes seconds after it was acknowledged", rate=0.10),
    "delivered out of order": Kind("an event is held back while others pass", rate=0.08),
    "acknowledgement lost": Kind("the function answers 200 and Pub/Sub hears 503", rate=0.03),
    "ack deadline overrun": Kind("the answer comes after the ack deadline", times=1, per_thousand=2),
    "attempts used up": Kind(
        "a message is refused until it is a dead letter; replayed when the faults have ended", times=1, per_thousand=5
    ),
    "clock ahead": Kind("a lease is claimed by a worker whose clock is 1 s ahead", rate=1.0),
    "clock behind": Kind("a lease is claimed by a worker whose clock is 1 s behind", rate=1.0),
    # Objects and events.
    "recording overwritten": Kind("a new generation is uploaded", rate=1.0),
    "generations out of order": Kind(
        "the event of a generation comes after that of the one that replaced it", rate=1.0
    ),
    "recording deleted": Kind("a recording is deleted after its event was published", rate=1.0),
    "event malformed": Kind("a message on a topic is no event", rate=1.0),
    "event of another deployment": Kind("a message speaks of a foreign bucket", rate=1.0),
    "event without object": Kind("a message speaks of a recording that never was", rate=1.0),
    # The models bucket.
    "model missing": Kind("a model's file is gone for a while", times=1, per_thousand=1),
    "model damaged": Kind("a model's file is stored with another byte in it for a while", times=1, per_thousand=1),
    "models unavailable": Kind("the models bucket answers 503 for a while", times=1, per_thousand=1),
}
