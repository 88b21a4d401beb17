"""The last step before publishing: the INT8 model must be as good as the float32 one, and small enough."""

from __future__ import annotations

from samo.modelling.emotion.config import GateConfig
from samo.modelling.emotion.evaluation import Evaluation
from samo.modelling.errors import GateFailed


def check_gate(float32: Evaluation, int8: Evaluation, size: int, config: GateConfig) -> None:
    """Compare both evaluations of the same rows. `size` is that of the files to publish, in bytes.

    Labels with fewer than `min_label_support` rows are not judged one by one: a single row would decide.
    Raises `GateFailed`.
    """
    broken: list[str] = []
    macro_loss = float32.macro_f1.value - int8.macro_f1.value
    if macro_loss > config.max_macro_f1_loss:
        broken.append(f"macro-F1 falls by {macro_loss:.4f}, allowed are {config.max_macro_f1_loss}")
    for label, reference in float32.per_label.items():
        loss = reference.f1 - int8.per_label[label].f1
        if reference.support >= config.min_label_support and loss > config.max_label_f1_loss:
            broken.append(f"F1 of {label} falls by {loss:.4f}, allowed are {config.max_label_f1_loss}")
    if size > config.max_size:
        broken.append(f"the files have {size} bytes, allowed are {config.max_size}")
    if broken:
        raise GateFailed(f"{int8.model} is not published: {'; '.join(broken)}")
