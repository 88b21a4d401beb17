"""A measured figure and the bound it is held against."""

from __future__ import annotations

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`value` and `bound` are in `unit`; smaller is better."""

    name: str
    value: float
    unit: str
    bound: float

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bound."""
        return self.value <= self.bound
