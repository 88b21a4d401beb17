"""Leases: at most one worker at a time on one recording, kept in objects and fenced by their generations.

    worker A   claim ──── work ──── release
    worker B        claim → LeaseHeld (redelivered later)
    SIGTERM    claim ──── release_all   the instance ends; the redelivery need not wait
    crash      claim ──── ✗         the lease outlives its worker …
    worker C                … expires_at ── take over (replace, conditional on the generation read)

A lease only saves work. That a recording has one result is guaranteed by the create-only commit of that result: an
owner slower than its lease loses there and nowhere else.
"""

from __future__ import annotations

import threading

import msgspec

from samo.domain.documents import decode, encode
from samo.domain.errors import DocumentInvalid, LeaseHeld, ObjectNotFound, PreconditionFailed
from samo.ports import Clock, ObjectInfo, ObjectStore

MAX_LEASE_BYTES = 4096


class LeaseDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What a lease object says. Times are in seconds since 1970-01-01 UTC, on the owner's clock.

    `attempt` counts the owners since the lease was last free: 2 has taken it over from one that did not give it back.
    """

    owner: str
    expires_at_s: float
    claimed_at_s: float | None = None
    attempt: int = 1


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed lease; `generation` is its fencing token."""

    name: str
    generation: int


class Leases:
    """Claims and releases leases in one bucket. Safe to share among threads; remembers those that it holds."""

    def __init__(self, store: ObjectStore, clock: Clock, *, duration_s: float) -> None:
        self._store = store
        self._clock = clock
        self._duration_s = duration_s
        self._held: set[Lease] = set()
        self._counting = threading.Lock()

    def claim(self, name: str, owner: str) -> Lease:
        """Become the owner of `name`; `owner` must be unique to this attempt.

        Raises `LeaseHeld` while somebody else owns it, `StoreUnavailable` when the store cannot be asked.
        """
        try:
            lease = Lease(name=name, generation=self._store.create(name, self._document(owner, 1)).generation)
        except PreconditionFailed:
            lease = self._claim_existing(name, owner)
        with self._counting:
            self._held.add(lease)
        return lease

    def release(self, lease: Lease) -> None:
        """Give the lease back, unless it has been taken over."""
        with self._counting:
            self._held.discard(lease)
        self._store.delete(lease.name, generation=lease.generation)

    def release_all(self) -> int:
        """Give back every lease that is held now, for its worker is about to be killed. Returns how many there were."""
        with self._counting:
            held = list(self._held)
        for lease in held:
            self.release(lease)
        return len(held)

    def _document(self, owner: str, attempt: int) -> bytes:
        now_s = self._clock.now_s()
        return encode(
            LeaseDocument(owner=owner, expires_at_s=now_s + self._duration_s, claimed_at_s=now_s, attempt=attempt)
        )

    def _claim_existing(self, name: str, owner: str) -> Lease:
        info = self._store.stat(name)
        if info is None:
            raise LeaseHeld("the lease was released this moment")
        try:
            held = self._read(name, info)
        except ObjectNotFound:
            raise LeaseHeld("the lease changed hands this moment") from None
        except DocumentInvalid:
            held = LeaseDocument(owner="", expires_at_s=0)  # nobody can own what nobody can read
        if held.owner == owner:
            # A retried create whose first reply was lost: the object is ours.
            return Lease(name=name, generation=info.generation)
        if held.expires_at_s > self._clock.now_s():
            raise LeaseHeld("another worker is on this recording")
        try:
            document = self._document(owner, held.attempt + 1)
            taken = self._store.replace(name, document, generation=info.generation)
        except PreconditionFailed:
            raise LeaseHeld("another worker took the expired lease over") from None
        return Lease(name=name, generation=taken.generation)

    def _read(self, name: str, info: ObjectInfo) -> LeaseDocument:
        if info.size > MAX_LEASE_BYTES:
            raise DocumentInvalid(f"{info.size} bytes are no lease")
        return decode(self._store.read(name, generation=info.generation), LeaseDocument)
