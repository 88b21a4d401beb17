"""What the rules find in labelled rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from samo.domain.taxonomy import LABELS
from samo.inference.emotion.classifier import load_emotion_classifier
from samo.modelling.emotion.dataset import Example, targets
from samo.modelling.emotion.rules import Found, evaluate_rules
from tests.unit.inference.emotion.given_classifiers import classifier_files, classifier_manifest

JOY, LOVE, NEUTRAL = (LABELS.index(label) for label in ("joy", "love", "neutral"))


def test_finds_are_counted_and_held_against_the_annotators(tmp_path: Path) -> None:
    """Mended words, labels that are denied or others', and the figures with and without the rules."""
    for name, content in classifier_files().items():
        (tmp_path / name).write_bytes(content)
    manifest = classifier_manifest()
    classifier = load_emotion_classifier(tmp_path, manifest, threads=1)
    examples = [
        Example("she loves joy", (JOY,)),
        Example("he loves love and the sea", (NEUTRAL,)),
        Example("she loves the sea", (LOVE,)),
        Example("I don't love it", (NEUTRAL,)),
        Example("lvoe", (LOVE,)),
    ]

    found = evaluate_rules(classifier, examples, targets(examples, len(LABELS)), manifest.thresholds, "words-1")

    assert found.mended == {"lvoe → love": 1}
    assert (found.n, found.words) == (5, 19)
    assert found.denied == Found(labels=1, annotated=0, texts=())
    assert (found.others.labels, found.others.annotated) == (2, 1)
    assert found.others.texts == ("she loves the sea",)
    assert found.with_rules.micro_f1 > found.alone.micro_f1
    assert np.isfinite([found.alone.ece, found.with_rules.ece]).all()
