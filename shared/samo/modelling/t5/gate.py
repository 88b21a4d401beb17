"""The last step before publishing: INT8 must write what float32 writes, nearly, and be small enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from samo.modelling.errors import GateFailed
from samo.modelling.summaries.rouge import MEASURES, Rouge
from samo.modelling.t5.config import SummarizationGateConfig


class Fidelity(NamedTuple):
    """INT8 against float32 on the same texts.

    `kl`: mean divergence of next tokens in nats; `agreement`: share of positions with the same likeliest token;
    `rouge_l`: mean F-measure of the texts written; `size_share`: bytes of all files, INT8 by float32.
    """

    kl: float
    agreement: float
    rouge_l: float
    size_share: float


def rouge_l(references: Sequence[str], texts: Sequence[str]) -> float:
    """Mean ROUGE-L F-measure; two texts that are the same are alike, in whatever script."""
    rouge, place = Rouge(), MEASURES.index("rougeL")
    scores = [
        1.0 if text == reference else rouge.f1(text, [reference])[place]
        for reference, text in zip(references, texts, strict=True)
    ]
    return sum(scores) / len(scores)


def check_fidelity(version: str, fidelity: Fidelity, config: SummarizationGateConfig) -> None:
    """Raises `GateFailed`, naming every limit that is broken."""
    broken: list[str] = []
    # Written so that a divergence that is not a number fails, too.
    if not fidelity.kl <= config.max_kl:
        broken.append(f"next tokens diverge by {fidelity.kl:.4f} nats, allowed are {config.max_kl}")
    if not fidelity.rouge_l >= config.min_rouge_l:
        broken.append(f"ROUGE-L against float32 is {fidelity.rouge_l:.3f}, required are {config.min_rouge_l}")
    if fidelity.size_share > config.max_size_share:
        share, most = fidelity.size_share, config.max_size_share
        broken.append(f"the files have {share:.2f} of the bytes of float32, allowed are {most}")
    if broken:
        raise GateFailed(f"{version} is not published: {'; '.join(broken)}")
