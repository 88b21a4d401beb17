"""Emotion: sentences to calibrated probabilities, and those to readings."""
