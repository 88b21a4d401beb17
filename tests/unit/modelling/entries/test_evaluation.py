"""Aggregations judged on posts whose emotions stand in their words."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from samo.domain.sentences import sentences_of
from samo.domain.taxonomy import EKMAN, LABELS
from samo.domain.written_entry import written_entry
from samo.inference.emotion.classifier import load_emotion_classifier
from samo.inference.emotion.reader import onnx_emotion_reader
from samo.inference.model_store.store import ModelStore
from samo.modelling.entries.aggregations import AGGREGATIONS, PRODUCT, aggregated
from samo.modelling.entries.evaluation import EntryEvaluation, evaluate_entries, read_posts
from samo.modelling.entries.examples import EntryExample
from samo.modelling.entries.halves import SPLITS, best_steady, choose_on_halves
from samo.modelling.entries.lengths import LengthFigures, ReadPosts, decided, figures_by_length, label_counts
from samo.modelling.entries.table import tables
from tests.unit.given_documents import REF, WHEN
from tests.unit.inference.emotion.given_classifiers import classifier_store

TEXTS = (
    ("I feel joy. The bus was late. It rained.", {"joy"}),
    ("Such fear. Anger and disgust!", {"fear", "anger"}),
    ("The bus came. I sat down. We went on. I got off. It rained. I am home. What pride.", {"joy"}),
    ("Grief. The bus. The rain. The street. The house. The door.", set()),
    ("Nervousness. Fear. Not a word.", {"fear"}),
    ("Neutral. The bus.", set()),
)
EXAMPLES = [EntryExample(text=text, emotions=frozenset(emotions)) for text, emotions in TEXTS]
EMOTIONS = ("anger", "fear", "joy")


@pytest.fixture(scope="module")
def store() -> ModelStore:
    """A store with the word classifier."""
    return ModelStore([classifier_store("words-1")])


@pytest.fixture(scope="module")
def posts(store: ModelStore) -> ReadPosts:
    """The examples, read by it."""
    manifest = store.choose("emotion", key="dev.jsonl")
    with store.files(manifest) as directory:
        classifier = load_emotion_classifier(directory, manifest, threads=1)
    return read_posts(EXAMPLES, EMOTIONS, classifier, advance=lambda: None)


@pytest.fixture(scope="module")
def found(posts: ReadPosts) -> EntryEvaluation:
    """All figures on them."""
    return evaluate_entries(posts, "words-1", advance=lambda: None)


def made_up(*entries: tuple[list[float], bool]) -> ReadPosts:
    """Posts with these probabilities of joy in their sentences, label and emotion alike; joy's threshold is 0.5."""
    rows = []
    for probabilities, _ in entries:
        each = np.zeros((len(probabilities), len(LABELS) + len(EKMAN)))
        each[:, [LABELS.index("joy"), len(LABELS) + list(EKMAN).index("joy")]] = np.array(probabilities)[:, np.newaxis]
        rows.append(each)
    present = np.array([[having] for _, having in entries])
    return ReadPosts(rows, present, ("joy",), np.full(len(LABELS), 0.5))


def figures(labels_at_1: float, labels_at_16: float, roc_auc: float) -> dict[int, LengthFigures]:
    """What an aggregation does at 1 and at 16 posts."""
    return {
        length: LengthFigures(roc_auc=roc_auc, found=0.5, false_alarms=0.5, labels=labels)
        for length, labels in ((1, labels_at_1), (4, labels_at_1), (16, labels_at_16))
    }


def test_the_products_row_decides_as_the_product_does(store: ModelStore, posts: ReadPosts) -> None:
    """Labels and Ekman's emotions of every entry are those that the reader finds in it."""
    reader = onnx_emotion_reader(store, threads=1)
    readings = []
    for example in EXAMPLES:
        entry = written_entry(example.text, REF, created_at=WHEN)
        readings.append(reader.read(sentences_of(entry), entry, created_at=WHEN))

    scores = aggregated(posts.rows)[list(AGGREGATIONS).index(PRODUCT)]

    assert [len({score.label for score in reading.labels} - {"neutral"}) for reading in readings] == label_counts(
        scores, posts.thresholds
    ).tolist()
    for emotion in EKMAN:
        shown = [emotion in {score.label for score in reading.ekman} for reading in readings]
        assert shown == decided(scores, emotion, posts.thresholds).tolist()
    assert sum(len(reading.ekman) for reading in readings) > 4


def test_what_is_found_and_what_is_a_false_alarm_by_hand() -> None:
    """Joy once in six sentences, in one of them by mistake: the maximum finds it, the mean does not."""
    posts = made_up(
        ([0.9, 0.0, 0.0, 0.0, 0.0, 0.0], True),
        ([0.8, 0.8], True),
        ([0.0, 0.7, 0.0, 0.0, 0.0, 0.0], False),
        ([0.2], False),
    )

    found = figures_by_length(posts, seed=0)

    assert found["maximum"][1] == LengthFigures(roc_auc=1.0, found=1.0, false_alarms=0.5, labels=0.75)
    assert found["mean"][1] == LengthFigures(roc_auc=0.75, found=0.5, false_alarms=0.0, labels=0.25)
    assert found["mean"][1].informedness == found["maximum"][1].informedness == 0.5


def test_in_joined_entries_the_mean_drowns_what_is_said_once() -> None:
    """One sentence of sixteen: the maximum still finds it, the mean never; without thresholds both tell it."""
    posts = made_up(*[([0.9 if post < 4 else 0.1], post < 4) for post in range(24)])

    found = figures_by_length(posts, seed=0)

    assert (found["maximum"][16].found, found["maximum"][16].false_alarms) == (1.0, 0.0)
    assert (found["mean"][16].found, found["mean"][16].false_alarms) == (0.0, 0.0)
    assert found["mean"][16].roc_auc == pytest.approx(1.0)


def test_every_figure_is_there_with_its_interval(found: EntryEvaluation) -> None:
    """The macro figure is the mean over the emotions; the product differs from itself by nothing."""
    assert (found.model, found.n, found.product) == ("words-1", 6, PRODUCT)
    assert found.support == {"anger": 1, "fear": 2, "joy": 2}
    assert list(found.aggregations) == list(AGGREGATIONS)
    for each in found.aggregations.values():
        values = [ranking.roc_auc.value for ranking in each.per_emotion.values()]
        assert each.macro.roc_auc.value == pytest.approx(np.mean(values))
        assert each.macro.roc_auc.low <= each.macro.roc_auc.value <= each.macro.roc_auc.high
        difference = each.macro.roc_auc.value - found.aggregations[PRODUCT].macro.roc_auc.value
        assert each.above_product.roc_auc.value == pytest.approx(difference)
    own = found.aggregations[PRODUCT].above_product
    assert (own.roc_auc.low, own.average_precision.high) == (0.0, 0.0)


def test_the_same_data_gives_the_same_figures(posts: ReadPosts, found: EntryEvaluation) -> None:
    """Draws and splits included."""
    again = evaluate_entries(posts, "words-1", advance=lambda: None)

    assert msgspec.json.encode(again) == msgspec.json.encode(found)


def test_the_best_among_those_with_labels_at_every_length_is_chosen() -> None:
    """Not one that loses its labels in long entries, nor one that collects them; without a steady one, the best."""
    candidates = {"drowns": figures(3, 1.4, 0.9), "good": figures(3, 6, 0.8), "worse": figures(3, 3, 0.7)}
    collecting = {"collects": figures(3, 6.1, 0.9), "silent": figures(0, 0, 0.95)}

    assert best_steady({**candidates, **collecting}) == "good"
    assert best_steady(collecting) == "silent"


def test_what_was_chosen_on_one_half_is_measured_on_the_other() -> None:
    """Two choices a split; where every aggregation is as good as any other, nothing lies above anything."""
    told: list[str] = []
    posts = made_up(*[([0.9 if post % 2 else 0.1], post % 2 == 1) for post in range(40)])

    halves = choose_on_halves(posts, advance=lambda: told.append("split"))

    assert len(told) == SPLITS
    assert sum(halves.chosen.values()) == halves.choices == 2 * SPLITS
    for above in halves.above.values():
        assert (above[1].least, above[1].mean, above[1].most) == (0.0, 0.0, 0.0)


def test_the_tables_have_a_line_for_each_aggregation(found: EntryEvaluation) -> None:
    """Four of them; the product's line stands out and has no difference to itself."""
    macro, per_emotion, lengths, halves = (table.splitlines() for table in tables(found).split("\n\n"))

    for table in (macro, per_emotion, lengths, halves):
        assert len(table) == 2 + len(AGGREGATIONS)
        assert len({line.count("|") for line in table}) == 1
        assert [line for line in table if line.startswith("| **")] == [table[2 + list(AGGREGATIONS).index(PRODUCT)]]
    assert "|  |" in macro[2 + list(AGGREGATIONS).index(PRODUCT)]
    assert "anger (1) | fear (2) | joy (2)" in per_emotion[0]
