"""Which model stores the functions of `samo up` use, and what a person must know of them at the start."""

from __future__ import annotations

from typing import NamedTuple

from samo.domain.errors import ModelUnavailable
from samo.inference.model_store.store import ModelStore
from samo.settings import SettingsError
from samo.wiring.model_stores import local_model_urls, local_models


class UpModels(NamedTuple):
    """`all` is the URL of every function's model store but transcription's; `lines` say so, and what is missing.

    `summarization` is a second store, where that function finds a T5 which `all` does not have.
    """

    all: str
    transcription: str
    summarization: str
    lines: tuple[str, ...]


def models_for_up(speech_engine: str) -> UpModels:
    """SAMO_MODELS or the bundled store; for speech, the user's cache where that has no Whisper. Raises `SettingsError`.

    For speech a function knows one store only, so the choice is made here.
    """
    first, cache = local_model_urls()
    if first.startswith("gs://"):
        raise SettingsError(
            f"SAMO_MODELS is {first}, but the functions of `samo up` see its own Cloud Storage server only: "
            "set SAMO_MODELS to a folder, or unset it"
        )
    if speech_engine != "whisper":
        return UpModels(first, first, cache, (f"models: {first}; speech: {speech_engine}, a stand-in",))
    problem = ""
    for url, store in zip((first, cache), local_models(), strict=True):
        try:
            ModelStore([store]).choose("transcription", "")
        except ModelUnavailable as error:
            problem = str(error)
        else:
            return UpModels(first, url, cache, (f"models: {first}; speech: {url}",))
    missing = (
        f"Whisper weights are missing ({problem}): written entries are served, recordings wait. "
        "Run `samo models fetch transcription` meanwhile, or start again with --speech-engine pocketsphinx."
    )
    return UpModels(first, cache, cache, (f"models: {first}; speech: {cache}", missing))
