"""Errors of Google's clients in a word or a sentence, never with what a request carried."""

from __future__ import annotations

from google.auth.exceptions import DefaultCredentialsError


def reason_of(error: BaseException) -> str:
    """The name of the error; where nobody has signed in, that and how to."""
    if isinstance(error, DefaultCredentialsError):
        return "no Google credentials here; sign in with `gcloud auth application-default login`"
    return type(error).__name__
