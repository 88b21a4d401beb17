"""What comes of each kind of fault: the table in docs/reliability.md has it beside what happens."""

from __future__ import annotations

from collections.abc import Mapping

OUTCOMES: Mapping[str, str] = {
    "store answers 429": "the client repeats the call; when its patience ends, 503 and redelivery",
    "store answers 500": "the client repeats the call; when its patience ends, 503 and redelivery",
    "store answers 503": "the client repeats the call; when its patience ends, 503 and redelivery",
    "store answers 503, done": (
        "the repeated call finds its own work: a lease by its owner's token, a result because it exists"
    ),
    "connection dropped": "the client repeats the call; when its patience ends, 503 and redelivery",
    "reply lost": "the client asks again",
    "reply lost on create": "the repeated create meets its own object: claimed, or committed",
    "reply lost on takeover": "counts as held; after one more lease the next delivery takes over",
    "reply lost on release": "the repeated deletion finds nothing, as wanted",
    "reply slow": "waited for",
    "reply never": "given up, 503, redelivery",
    "read truncated": "not believed: length and checksum; read again",
    "read damaged": "not believed: checksum; read again",
    "owner slower than its lease": "its create is refused, it announces the successor's result",
    "kill after claim": "taken over when the lease has run out",
    "kill after takeover": "taken over when the lease has run out",
    "kill at work": "taken over when the lease has run out",
    "kill before commit": "taken over when the lease has run out; the work is done twice, stored once",
    "kill after commit": "redelivery finds the result and announces it, without waiting for the lease",
    "kill before publish": "redelivery finds the result and announces it, without waiting for the lease",
    "kill after publish": (
        "redelivery finds the result and announces it again: the event comes twice under one identity"
    ),
    "kill before release": "redelivery finds the result and announces it again; the lease is left to expire",
    "kill before ack": "redelivery finds the result and announces it again",
    "SIGTERM at work": "the work ends in its grace, or the lease is given back",
    "publish unavailable": "published again",
    "publish denied": "503, the lease given back, announced by the redelivery",
    "publish reply lost": "the event comes twice under one identity",
    "publish slow": "waited for",
    "delivered twice or more": "one works, the others get 503, or 200 with the event again",
    "delivered late again": "200, the event again",
    "delivered out of order": "no order is relied on",
    "acknowledgement lost": "redelivered, 200, the event again",
    "ack deadline overrun": "pushed again meanwhile, 503 or 200",
    "attempts used up": "a dead letter, kept; replayed, it ends like any other",
    "clock ahead": "takes over early; the commit decides",
    "clock behind": "takes over late",
    "recording overwritten": "the new generation has its insight, the old one insight or `recording_superseded`",
    "generations out of order": "the new generation has its insight, the old one insight or `recording_superseded`",
    "recording deleted": "`recording_gone`, or the insight of what was read in time",
    "event malformed": "a record under `rejected-events/`, acknowledged",
    "event of another deployment": "a record under `rejected-events/`, acknowledged",
    "event without object": "`recording_gone`",
    "model missing": "503 until it is back, no failure record",
    "model damaged": "found by its SHA-256: 503 until it is good, no failure record",
    "models unavailable": "503 until it is back",
}
