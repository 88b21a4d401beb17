"""How tokens are searched for, in the words and with the meanings of Hugging Face `generate`."""

from __future__ import annotations

from typing import Literal

import msgspec


class GenerationOptions(msgspec.Struct, frozen=True, kw_only=True):
    """One way to generate. Lengths count generated tokens, the end token among them.

    `beams` 1 is greedy search. `length_penalty` divides a beam's log-probability by its length to that power: above
    zero, long outputs gain. `no_repeat_ngram` n forbids a second occurrence of any n tokens, 0 forbids none.
    `repetition_penalty` above 1 makes tokens that were generated before less likely. `early_stopping` ends a beam
    search as soon as there are `beams` finished outputs (True), when no running beam of the present length can beat
    them (False), or when none of any length can ("never").
    """

    beams: int = 4
    max_new_tokens: int = 128
    min_new_tokens: int = 0
    length_penalty: float = 1.0
    no_repeat_ngram: int = 0
    repetition_penalty: float = 1.0
    early_stopping: bool | Literal["never"] = False
