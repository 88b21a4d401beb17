"""The model card of a summarisation model (after Mitchell et al. 2019, arXiv 1810.03993)."""

from __future__ import annotations

from samo.inference.model_store.manifest import Manifest

_CARD = """\
# {version}

Writes a short summary of a text, in the words of a T5 (Raffel et al. 2020, arXiv 1910.10683).

- **Base**: {base}.
- **Data**: {data}.
- **Licence of this model**: {licence}.
- **Made by** `{command}`, {created_at}.
- **Files**: {files}.
- **Arithmetic**: INT8. Encoder: 7-bit weights per channel, activations quantised per call, right on CPUs with and
  without VNNI. Decoder and head: 8-bit weights in blocks. Attention, norms and position biases in float32.

## Use
For the summary of a journal entry, beside the entry and for the person who wrote it. It reads {max_length} tokens at a
time; who runs it splits longer texts and checks that names, numbers and negations of the summary are in the source.

## Limits
- A language model writes what is likely, which may be what nobody said. A summary is no record of the entry.
- It was quantised and judged on {texts} invented English entries. What the base model cannot do, this cannot either.
- INT8 kernels differ between one row and several: decoded with others, a text may be continued in other words.

## Measured: INT8 against float32 on {texts} entries of our own
| figure | value | command |
|---|---|---|
{metrics}
"""


def render_card(manifest: Manifest, texts: int) -> str:
    """The card as Markdown. Every figure is the manifest's."""
    metrics = [f"| {name} | {metric.value:.4f} | `{metric.command}` |" for name, metric in manifest.metrics.items()]
    return _CARD.format(
        version=manifest.version,
        base=manifest.provenance.base,
        data=manifest.provenance.data,
        licence=manifest.licence,
        command=manifest.provenance.command,
        created_at=manifest.created_at,
        files=", ".join(f"`{file.path}` ({file.size / 1e6:.1f} MB)" for file in manifest.files),
        max_length=manifest.max_length,
        texts=texts,
        metrics="\n".join(metrics),
    )
