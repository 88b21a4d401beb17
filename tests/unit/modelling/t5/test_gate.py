"""What INT8 may cost a summary."""

from __future__ import annotations

import pytest

from samo.modelling.errors import GateFailed
from samo.modelling.t5.config import SummarizationGateConfig
from samo.modelling.t5.gate import Fidelity, check_fidelity, rouge_l

LIMITS = SummarizationGateConfig(max_kl=0.05, min_rouge_l=0.7, max_size_share=0.3)
AT_THE_LIMITS = Fidelity(kl=0.05, agreement=0.9, rouge_l=0.7, size_share=0.3)


def test_what_keeps_to_all_limits_passes() -> None:
    """At the limit is within it."""
    check_fidelity("some-version", AT_THE_LIMITS, LIMITS)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (AT_THE_LIMITS._replace(kl=0.06), r"next tokens diverge by 0\.0600 nats, allowed are 0\.05"),
        (AT_THE_LIMITS._replace(kl=float("nan")), "next tokens diverge by nan"),
        (AT_THE_LIMITS._replace(rouge_l=0.6), r"ROUGE-L against float32 is 0\.600, required are 0\.7"),
        (AT_THE_LIMITS._replace(size_share=1.0), r"the files have 1\.00 of the bytes of float32, allowed are 0\.3"),
    ],
    ids=["kl", "nan", "rouge", "size"],
)
def test_each_limit_is_one(broken: Fidelity, reason: str) -> None:
    """The message says what was measured and what is allowed."""
    with pytest.raises(GateFailed, match=f"^some-version is not published: {reason}"):
        check_fidelity("some-version", broken, LIMITS)


def test_rouge_l_is_the_longest_common_subsequence() -> None:
    """Three of four words in order; and texts that are the same are alike, even empty ones."""
    assert rouge_l(["one two three four"], ["one two six four"]) == pytest.approx(0.75)
    assert rouge_l(["", "ja"], ["", "ja"]) == 1.0
    assert rouge_l(["one"], [""]) == 0.0
