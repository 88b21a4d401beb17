"""Quantities that are no plain numbers: parts, multiples, and "hundreds"."""

from __future__ import annotations

import re

# What it is called → how else an entry may say it. "Half past seven" and "the second half" are no quantities.
_FORMS = {
    "half": r"\bhal(?:f|ves|fway)\b(?! past)|\b50 ?(?:%|percent)|\bfifty percent\b|\b(?:30|thirty) min",
    "quarter": r"\bquarters?\b(?! (?:past|to|of an? )\b)|\b25 ?(?:%|percent)|\btwenty[- ]five percent\b",
    "percent": r"%|\bper ?cent\b",
    "twice": r"\b(?:twice|doubled?|doubling|two times|2 times|2x)\b",
    "triple": r"\b(?:tripled?|thrice|three times|3 times|3x)\b",
    "dozen": r"\ba dozen\b|\bdozen\b|\b(?:12|twelve)\b",
    "dozens": r"\bdozens\b|\b(?:[3-9]\d|[1-9]\d{2})\b",
    "tens": r"\btens of\b",
    "hundreds": r"\bhundreds\b|\b[2-9]\d\d\b|\b(?:two|three|four|five|six|seven|eight|nine) hundred\b",
    "thousands": r"\bthousands\b|\b[2-9],?\d{3}\b|\b(?:\d\d|two|three|four|five|six|seven|eight|nine|ten) thousand\b",
    "millions": r"\bmillions\b|\b\d+(?:\.\d+)? million\b",
    "most": r"\b(?:most|majority) of\b",
    "several": r"\b(?:several|few|many|some|multiple|couple|two|three|four|five|six|seven|eight|[2-9]|\d\d+)\b",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _FORMS.items()}
_SAID = {
    **_PATTERNS,
    "half": re.compile(r"\bhal(?:f|ves)\b(?! past)|\b50 ?(?:%|percent)"),
    "dozen": re.compile(r"\bdozen\b"),
    "dozens": re.compile(r"\bdozens\b"),
    "hundreds": re.compile(r"\bhundreds\b"),
    "thousands": re.compile(r"\bthousands\b"),
    "millions": re.compile(r"\bmillions\b"),
    "twice": re.compile(r"\b(?:twice|doubled?|doubling)\b"),
    "triple": re.compile(r"\b(?:tripled?|thrice)\b"),
    "several": re.compile(r"\bseveral\b"),
}


def unsupported_quantities(text: str, source: str) -> list[str]:
    """The quantities that `text` names and `source` does not, in any of their forms. Linear time."""
    written, said = text.casefold(), source.casefold()
    return [name for name, pattern in _SAID.items() if pattern.search(written) and not _PATTERNS[name].search(said)]
