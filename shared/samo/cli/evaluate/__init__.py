"""`samo evaluate`: how good a published model is, on data that it has not seen."""

from __future__ import annotations

import click

from samo.cli.evaluate.emotion import evaluate_behaviour, evaluate_emotion, evaluate_rules
from samo.cli.evaluate.entries import evaluate_entries
from samo.cli.evaluate.summaries import evaluate_faithfulness, evaluate_lengths_and_weights, evaluate_summary
from samo.cli.evaluate.transcription import evaluate_transcription
from samo.cli.one_line_errors import OneLineErrors


@click.group(cls=OneLineErrors)
def evaluate() -> None:
    """Measure a published model on labelled data."""


for command in (
    evaluate_emotion,
    evaluate_rules,
    evaluate_behaviour,
    evaluate_entries,
    evaluate_summary,
    evaluate_lengths_and_weights,
    evaluate_faithfulness,
    evaluate_transcription,
):
    evaluate.add_command(command)
