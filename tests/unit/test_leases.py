"""Leases: who may work, for how long, and what a worker that comes too late can break (nothing)."""

from __future__ import annotations

import pytest

from samo.domain.documents import decode
from samo.domain.errors import LeaseHeld, PreconditionFailed, StoreUnavailable
from samo.leases import LeaseDocument, Leases
from samo.ports import ObjectInfo
from samo.stages.effect import EffectRunner
from tests.fakes.clock import FakeClock
from tests.fakes.object_store import MemoryStore, Request
from tests.fakes.publisher import RecordingPublisher

NAME = "emotion/mia/day.m4a/7.lease"
DURATION_S = 600.0


class LosesReplies(MemoryStore):
    """A bucket whose creates and replaces succeed, while their replies get lost and the retries are refused."""

    losing = True

    def create(self, name: str, data: bytes, *, content_type: str = "application/json") -> ObjectInfo:
        """Store the object, then say that one of this name exists."""
        info = super().create(name, data, content_type=content_type)
        if self.losing:
            raise PreconditionFailed("exists")
        return info

    def replace(self, name: str, data: bytes, *, generation: int, content_type: str = "application/json") -> ObjectInfo:
        """Overwrite the object, then say that it has another generation."""
        info = super().replace(name, data, generation=generation, content_type=content_type)
        if self.losing:
            raise PreconditionFailed("changed")
        return info


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def store() -> MemoryStore:
    """A bucket of leases without any."""
    return MemoryStore("leases")


@pytest.fixture
def leases(store: MemoryStore, clock: FakeClock) -> Leases:
    """Leases of ten minutes."""
    return Leases(store, clock, duration_s=DURATION_S)


def owner_of(store: MemoryStore, name: str = NAME) -> str:
    """Who the stored lease names as its owner."""
    return decode(store.content(name), LeaseDocument).owner


def test_a_free_lease_is_claimed(leases: Leases, store: MemoryStore, clock: FakeClock) -> None:
    """The object names its owner and when it expires; the lease carries the object's generation."""
    lease = leases.claim(NAME, "ann")

    stored = decode(store.content(NAME), LeaseDocument)
    assert LeaseDocument(owner="ann", expires_at_s=clock.now_s() + DURATION_S, claimed_at_s=clock.now_s()) == stored
    assert store.stat(NAME) == ObjectInfo(name=NAME, generation=lease.generation, size=len(store.content(NAME)))


def test_leases_of_different_names_do_not_meet(leases: Leases) -> None:
    """Two recordings are worked on at the same time."""
    leases.claim(NAME, "ann")

    assert leases.claim("emotion/ben/day.m4a/9.lease", "ben").name == "emotion/ben/day.m4a/9.lease"


def test_a_held_lease_is_refused(leases: Leases, store: MemoryStore, clock: FakeClock) -> None:
    """Up to the last moment before it expires."""
    leases.claim(NAME, "ann")
    clock.advance(DURATION_S - 0.001)

    with pytest.raises(LeaseHeld):
        leases.claim(NAME, "ben")

    assert owner_of(store) == "ann"


def test_a_released_lease_is_free(leases: Leases, store: MemoryStore) -> None:
    """Nothing stays behind, and the next worker gets it at once."""
    leases.release(leases.claim(NAME, "ann"))
    assert store.names == []

    leases.claim(NAME, "ben")

    assert owner_of(store) == "ben"


def test_an_expired_lease_is_taken_over(leases: Leases, store: MemoryStore, clock: FakeClock) -> None:
    """Whoever crashed holds nobody up for longer than the lease; the new one lasts as long as any."""
    crashed = leases.claim(NAME, "ann")
    clock.advance(DURATION_S)

    lease = leases.claim(NAME, "ben")

    assert lease.generation > crashed.generation
    stored = decode(store.content(NAME), LeaseDocument)
    now_s = clock.now_s()
    assert LeaseDocument(owner="ben", expires_at_s=now_s + DURATION_S, claimed_at_s=now_s, attempt=2) == stored


def test_of_two_takeovers_one_wins(leases: Leases, store: MemoryStore, clock: FakeClock) -> None:
    """Both saw the expired lease; the takeover is conditional on the generation that was read."""
    leases.claim(NAME, "ann")
    clock.advance(DURATION_S)

    def ben_comes_first(request: Request) -> None:
        if request.operation == "replace":
            store.before = None
            leases.claim(NAME, "ben")

    store.before = ben_comes_first
    with pytest.raises(LeaseHeld):
        leases.claim(NAME, "cem")

    assert owner_of(store) == "ben"


def test_a_slow_owner_does_not_delete_the_lease_of_its_successor(
    leases: Leases, store: MemoryStore, clock: FakeClock
) -> None:
    """Releasing after a takeover is without effect: the generation is another one."""
    slow = leases.claim(NAME, "ann")
    clock.advance(DURATION_S)
    leases.claim(NAME, "ben")

    leases.release(slow)

    assert owner_of(store) == "ben"


def test_a_slow_owner_does_not_delete_a_lease_claimed_anew(
    leases: Leases, store: MemoryStore, clock: FakeClock
) -> None:
    """The same, when the successor has released and a third worker has claimed."""
    slow = leases.claim(NAME, "ann")
    clock.advance(DURATION_S)
    leases.release(leases.claim(NAME, "ben"))
    leases.claim(NAME, "cem")

    leases.release(slow)

    assert owner_of(store) == "cem"


def test_releasing_twice_is_harmless(leases: Leases, store: MemoryStore) -> None:
    """A release whose reply was lost may be repeated."""
    lease = leases.claim(NAME, "ann")
    leases.release(lease)

    leases.release(lease)

    assert store.names == []


def test_a_create_with_a_lost_reply_is_recognised(clock: FakeClock) -> None:
    """The client retried its own create and was told that one exists: the owner token says whose it is."""
    store = LosesReplies("leases")
    leases = Leases(store, clock, duration_s=DURATION_S)

    lease = leases.claim(NAME, "ann")

    leases.release(lease)
    assert store.names == []


def test_a_takeover_with_a_lost_reply_only_waits(clock: FakeClock) -> None:
    """It counts as held, nobody works, and after one more lease the next delivery takes over."""
    store = LosesReplies("leases")
    leases = Leases(store, clock, duration_s=DURATION_S)
    leases.claim(NAME, "ann")
    clock.advance(DURATION_S)

    with pytest.raises(LeaseHeld):
        leases.claim(NAME, "ben")

    store.losing = False
    clock.advance(DURATION_S)
    leases.claim(NAME, "cem")
    assert owner_of(store) == "cem"


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"{", b"[]", b'{"owner": "ann"}', b'{"owner": 1, "expires_at_s": 0}']
)
def test_an_unreadable_lease_is_taken_over(leases: Leases, store: MemoryStore, content: bytes) -> None:
    """Nobody can own what nobody can read; no recording is blocked for ever by a broken object."""
    broken = store.put(NAME, content)

    lease = leases.claim(NAME, "ann")

    assert lease.generation > broken.generation
    assert owner_of(store) == "ann"


@pytest.mark.parametrize("at", ["stat", "read"])
def test_a_lease_that_vanishes_while_it_is_looked_at_counts_as_held(
    leases: Leases, store: MemoryStore, at: str
) -> None:
    """Its owner has just finished: the redelivery will find the result, so there is nothing to claim now."""
    owned = leases.claim(NAME, "ann")

    def ann_releases(request: Request) -> None:
        if request.operation == at:
            store.before = None
            leases.release(owned)

    store.before = ann_releases
    with pytest.raises(LeaseHeld):
        leases.claim(NAME, "ben")

    assert store.names == []


def test_a_store_out_of_reach_is_no_lease(leases: Leases, store: MemoryStore) -> None:
    """The claim fails as transient and can be repeated later."""
    store.reachable = False

    with pytest.raises(StoreUnavailable):
        leases.claim(NAME, "ann")

    store.reachable = True
    leases.claim(NAME, "ann")
    assert owner_of(store) == "ann"


# The end of the process.


def test_a_process_that_ends_gives_back_what_it_holds(store: MemoryStore, leases: Leases) -> None:
    """And nothing twice: not what has been released, nor what was never claimed by it."""
    leases.release(leases.claim("done", "ann"))
    leases.claim("one", "ann")
    leases.claim("two", "ann")
    store.put("foreign", b"{}")

    counts = leases.release_all(), leases.release_all()

    assert counts == (2, 0)
    assert store.names == ["foreign"]


def test_a_process_that_ends_leaves_a_lease_alone_that_was_taken_over(
    store: MemoryStore, clock: FakeClock, leases: Leases
) -> None:
    """It was slower than its lease: the lease is somebody else's now."""
    leases.claim(NAME, "ann")
    clock.advance(DURATION_S)
    Leases(store, clock, duration_s=DURATION_S).claim(NAME, "ben")

    leases.release_all()

    assert owner_of(store) == "ben"


def test_leases_that_cannot_be_given_back_at_the_end_are_left_to_expire(
    store: MemoryStore, clock: FakeClock, leases: Leases
) -> None:
    """The thread that gives them up has nobody to tell but the log."""
    runner = EffectRunner("emotion", MemoryStore("results"), leases, RecordingPublisher(), clock)
    leases.claim(NAME, "ann")
    store.reachable = False

    runner.give_up()

    assert store.names == [NAME]


def test_a_lease_of_an_earlier_release_is_read(store: MemoryStore, clock: FakeClock, leases: Leases) -> None:
    """It says who and how long, not since when: it is honoured, and counts as a first attempt."""
    body = f'{{"owner": "ann", "expires_at_s": {clock.now_s() + 1}}}'.encode()
    store.put(NAME, body)

    with pytest.raises(LeaseHeld):
        leases.claim(NAME, "ben")

    clock.advance(2)
    leases.claim(NAME, "ben")
    assert decode(store.content(NAME), LeaseDocument).attempt == 2
