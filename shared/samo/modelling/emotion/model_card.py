"""The model card of an emotion model: what it is for, what it is not for, and how good it was measured to be.

After Mitchell et al. 2019, "Model Cards for Model Reporting" (arXiv 1810.03993).
"""

from __future__ import annotations

from samo.inference.model_store.manifest import Manifest
from samo.modelling.emotion.evaluation import Evaluation

_HEAD = """\
# {version}

Reads the emotions in a sentence of English: 28 labels, several at once, each with a calibrated probability.

- **Base**: {base}.
- **Data**: {data}.
- **Licence of this model**: {licence}.
- **Made by** `{command}`, {created_at}.
- **Files**: {files}. INT8, 7-bit weights per channel, right on CPUs with and without VNNI.

## Use
For sentences of a journal, spoken or written, as one signal among several and for the person who wrote them. Not for
diagnosis, not for decisions about people (hiring, credit, insurance, policing), not for judging anyone but the author.

A probability is `sigmoid(logit / {temperature})`; a label holds where it reaches its threshold in the table.
A text longer than {max_length} tokens is read in overlapping windows, and a label has its highest probability in any.

## Limits
- The data are English Reddit comments, whose writers skew young and male, annotated by native speakers from India:
  other registers and languages are read less well, and an annotator's guess is not what the writer felt.
- Sarcasm, emotions of somebody else and emotions of the past may be read as the writer's own, now.
- Upper case is not seen, nor are emoji beside words that the vocabulary lacks.
- Labels with few examples (below 30 in the table) are unreliable whatever their figure says.
- Activations are quantised per batch, so a probability depends a little on the texts beside it.

## Measured on dev ({n} rows)
Calibration and thresholds were fitted on these rows, so the figures below flatter the model. The cross-fitted ones do
not, for each half of the rows is decided with what the other half taught (mean of {splits} random halvings); only the
epoch to keep was chosen on all of them.

| figure | value | command |
|---|---|---|
"""

_PER_LABEL = """
95 % bootstrap intervals: macro-F1 {macro_low:.3f} to {macro_high:.3f}, micro-F1 {micro_low:.3f} to {micro_high:.3f}.

| label | precision | recall | F1 | examples | threshold |
|---|---|---|---|---|---|
"""


def render_card(manifest: Manifest, evaluation: Evaluation, cross_fitting_splits: int) -> str:
    """The card as Markdown. Every figure is the manifest's or the evaluation's."""
    macro, micro = evaluation.macro_f1, evaluation.micro_f1
    head = _HEAD.format(
        version=manifest.version,
        base=manifest.provenance.base,
        data=manifest.provenance.data,
        licence=manifest.licence,
        command=manifest.provenance.command,
        created_at=manifest.created_at,
        files=", ".join(f"`{file.path}` ({file.size / 1e6:.1f} MB)" for file in manifest.files),
        temperature=manifest.temperature,
        max_length=manifest.max_length,
        n=evaluation.n,
        splits=cross_fitting_splits,
    )
    metrics = [f"| {name} | {metric.value:.4f} | `{metric.command}` |" for name, metric in manifest.metrics.items()]
    per_label_head = _PER_LABEL.format(
        macro_low=macro.low, macro_high=macro.high, micro_low=micro.low, micro_high=micro.high
    )
    labels = [
        f"| {label} | {scores.p:.3f} | {scores.r:.3f} | {scores.f1:.3f} | {scores.support} | {scores.threshold:.3f} |"
        for label, scores in evaluation.per_label.items()
    ]
    return head + "\n".join(metrics) + "\n" + per_label_head + "\n".join(labels) + "\n"
