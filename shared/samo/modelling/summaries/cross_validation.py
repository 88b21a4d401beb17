"""The extractive summarizer's few parameters judged by cross-validation: chosen on some entries, measured on others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import msgspec
import numpy as np

from samo.inference.summarizer.lengths import LENGTH_POWER, MAX_SENTENCES, TYPICAL_SUMMARY, TYPICAL_WORDS
from samo.inference.summarizer.salience import SALIENCE, SalienceWeights, salience
from samo.inference.summarizer.selection import select
from samo.inference.summarizer.word_vectors import WordVectors
from samo.modelling.bootstrap import Floats, Interval, mean_interval
from samo.modelling.errors import DatasetInvalid
from samo.modelling.summaries.baselines import BASELINES
from samo.modelling.summaries.evaluation import ReadEntry
from samo.modelling.summaries.rouge import RougeL

FOLDS = 5
REPEATS = 10
Advance = Callable[[], None]


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of parameters: how much feeling counts beside centrality, and how many words are wanted.

    `words` are those of a typical entry's summary; those of others go with their words to the power of `power`.
    """

    weights: SalienceWeights
    words: float
    power: float

    def budget(self, words: int) -> float:
        """The words wanted of an entry of so many."""
        return self.words * float((words / TYPICAL_WORDS) ** self.power)


PRODUCT = Tuning(weights=SALIENCE, words=TYPICAL_SUMMARY["medium"], power=LENGTH_POWER)

GRID = tuple(
    Tuning(weights=SalienceWeights(intensity=intensity, shift=SALIENCE.shift, rarity=rarity), words=words, power=power)
    for intensity, rarity, words, power in product((0.5, 1.0), (0.2, 0.5), (52.0, 57.0, 62.0), (0.3, 0.4, 0.5))
)


class CrossValidation(msgspec.Struct, frozen=True, kw_only=True):
    """ROUGE-L F1 over `n` entries. `tuned`: each entry judged with what was best on the other folds.

    `product`: with the product's own parameters. `above`: by how much `tuned` lies above each baseline, in pairs;
    `product_above` likewise.
    """

    n: int
    folds: int
    repeats: int
    candidates: int
    tuned: float
    product: float
    above: dict[str, Interval]
    product_above: dict[str, Interval]


def cross_validate(entries: Sequence[ReadEntry], *, advance: Advance) -> CrossValidation:
    """Judge every candidate and every baseline once, then choose and measure on folds drawn `REPEATS` times.

    Raises `DatasetInvalid` for fewer entries than folds.
    """
    if len(entries) < FOLDS:
        raise DatasetInvalid(f"{len(entries)} entries cannot be split into {FOLDS} folds")
    rouge = RougeL()
    candidates = (PRODUCT, *GRID)
    scores = np.empty((len(candidates), len(entries)))
    baselines: dict[str, Floats] = {name: np.empty(len(entries)) for name in BASELINES}
    for column, entry in enumerate(entries):
        texts = [sentence.text for sentence in entry.sentences]
        references = entry.example.references
        for row, chosen in enumerate(_choices(entry, texts, candidates)):
            scores[row, column] = rouge.f1(" ".join(texts[index] for index in chosen), references)
        for name, choose in BASELINES.items():
            baselines[name][column] = rouge.f1(" ".join(texts[index] for index in sorted(choose(texts))), references)
        advance()
    tuned = np.mean([_held_out(scores[1:], seed) for seed in range(REPEATS)], axis=0)
    return CrossValidation(
        n=len(entries),
        folds=FOLDS,
        repeats=REPEATS,
        candidates=len(GRID),
        tuned=float(tuned.mean()),
        product=float(scores[0].mean()),
        above=_above(tuned, baselines),
        product_above=_above(scores[0], baselines),
    )


def _choices(entry: ReadEntry, texts: Sequence[str], candidates: Sequence[Tuning]) -> list[list[int]]:
    vectors = WordVectors(texts)
    words = [len(text.split()) for text in texts]
    most = MAX_SENTENCES["medium"]
    return [
        select(
            salience(vectors, entry.reading.sentences, "emotional", candidate.weights),
            vectors,
            words,
            budget=candidate.budget(sum(words)),
            most=most,
        )
        for candidate in candidates
    ]


def _held_out(scores: Floats, seed: int) -> Floats:
    """Each entry's score with the candidate that was best on the folds that it is not in: [entries]."""
    folds = np.random.default_rng(seed).permutation(scores.shape[1]) % FOLDS
    result = np.empty(scores.shape[1])
    for fold in range(FOLDS):
        best = int(scores[:, folds != fold].mean(axis=1).argmax())
        result[folds == fold] = scores[best, folds == fold]
    return result


def _above(scores: Floats, baselines: Mapping[str, Floats]) -> dict[str, Interval]:
    return {name: mean_interval(scores - theirs) for name, theirs in baselines.items()}
