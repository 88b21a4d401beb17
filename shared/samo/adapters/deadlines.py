"""How long a call to the outside may take: the one place that says so, for the store and for the topic.

    |── attempt ──|·wait·|── attempt ──|··wait··|── attempt ──|        no attempt begins after `retry_s`;
    0                                        retry_s       call_s      the last one waits `connect_s` + `answer_s`

Waits are drawn at random between zero and twice a delay that doubles, so that instances that failed together do not
return together. A delivery ends at its first call that fails; then it gives its lease back, which may fail as well. So
a store and a topic that do not answer cost a delivery two calls of the store and one of the topic at most, and that is
less than any function's timeout, which is less than its lease (a test compares them with infra/).

The waits bound silence, not slowness: a server that sends a byte now and then keeps a connection busy. Hence
`transfer_s`, after which the rest of a piece of an object is not waited for.
"""

from __future__ import annotations

from typing import Self

import msgspec

LEASE_SHARE = 4
"""A call takes at most a quarter of the lease that protects it: what the work itself needs comes first."""


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds. `connect_s` to be connected, `answer_s` for the next bytes, `retry_s` in which attempts may begin.

    `transfer_s` is for the bytes of one piece of an object, of 4 MiB at most, from its first attempt on.
    """

    connect_s: float = 5.0
    answer_s: float = 20.0
    retry_s: float = 15.0
    transfer_s: float = 40.0
    first_wait_s: float = 0.2
    longest_wait_s: float = 4.0

    @property
    def call_s(self) -> float:
        """The longest that a call to a silent server can take."""
        return self.retry_s + self.connect_s + self.answer_s

    def within(self, lease_s: float) -> Self:
        """These deadlines, all shorter by one factor where a call would take more than its share of the lease."""
        factor = lease_s / LEASE_SHARE / max(self.call_s, self.transfer_s)
        if factor >= 1:
            return self
        return type(self)(**{field: getattr(self, field) * factor for field in self.__struct_fields__})


STORE = Deadlines()

TOPIC = Deadlines(answer_s=5.0, retry_s=10.0, first_wait_s=0.1)
