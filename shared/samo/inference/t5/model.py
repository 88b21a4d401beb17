"""A published T5: its graphs, its tokenizer, and the searches that turn texts into texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from samo.domain.errors import ModelCorrupt
from samo.inference.model_store.manifest import Manifest
from samo.inference.onnx import RUNTIME_ERRORS
from samo.inference.t5.beam import beam_search
from samo.inference.t5.description import TOKENIZER_FILE, T5Description
from samo.inference.t5.graphs import T5Graphs
from samo.inference.t5.greedy import greedy_search
from samo.inference.t5.options import GenerationOptions

END, PAD = "</s>", "<pad>"

# Checkpoints round the number of embeddings up to a multiple of this.
VOCABULARY_ROUNDING = 128

# What one batch may hold, which bounds memory: in t5-small, 8 rows of 128 generated tokens are 25 MB, there twice at
# each step, and the keys and values of 2048 source tokens are 50 MB.
ROWS_AT_ONCE = 8
SOURCE_TOKENS_AT_ONCE = 2048


class T5Model:
    """A version, checked and ready to run; safe to share among threads. INT8 and float32 graphs alike.

    What it generates does not depend on the number of threads. INT8 kernels differ between one row and several, so a
    document may be continued in other words when it is decoded with others.
    """

    def __init__(self, graphs: T5Graphs, tokenizer: Tokenizer) -> None:
        self._graphs = graphs
        self._tokenizer = tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()
        _check_vocabulary(tokenizer, graphs.description)
        _check_graphs(graphs)

    @property
    def prefix(self) -> str:
        """What the model was taught to read before a text that it shall summarise."""
        return self._graphs.description.prefix

    def encode(self, text: str) -> list[int]:
        """The text's token ids, without the end token, as many as there are."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of these ids, special tokens left out; ids that the tokenizer does not know are nothing."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def generate(self, inputs: Sequence[Sequence[int]], options: GenerationOptions) -> list[list[int]]:
        """The generated ids for each input (ids without the end token), the end token last where it was reached.

        An input of S tokens takes memory of S squared in the encoder: more than a few thousand are for the caller to
        split. Raises `ValueError` for options that ask for nothing.
        """
        return generate(self._graphs, inputs, options)


def generate(graphs: T5Graphs, inputs: Sequence[Sequence[int]], options: GenerationOptions) -> list[list[int]]:
    """As `T5Model.generate`, by graphs alone: ids need no tokenizer."""
    if options.beams < 1 or options.max_new_tokens < 1 or options.repetition_penalty <= 0:
        raise ValueError("beams, max_new_tokens and repetition_penalty must be positive")
    search = greedy_search if options.beams == 1 else beam_search
    description = graphs.description
    outputs: list[list[int]] = [[] for _ in inputs]
    for batch in _batches([len(ids) + 1 for ids in inputs], options.beams):
        decoder = graphs.start([[*inputs[number], description.end_id] for number in batch], options.beams)
        for number, output in zip(batch, search(decoder, len(batch), options, description), strict=True):
            outputs[number] = output
    return outputs


def load_t5(directory: Path, manifest: Manifest, *, threads: int) -> T5Model:
    """Build the model from a version's files. Raises `ModelCorrupt`, saying which file is wrong and how."""
    if manifest.task != "summarization" or manifest.engine != "onnx":
        raise ModelCorrupt(
            f"manifest of {manifest.version}: {manifest.task} in {manifest.engine} is no T5 for summarization"
        )
    graphs = T5Graphs(directory, threads=threads)
    return T5Model(graphs, _load_tokenizer(directory / TOKENIZER_FILE, graphs.description))


def _batches(lengths: Sequence[int], beams: int) -> Iterator[list[int]]:
    """Numbers of inputs that are decoded together: of like length, so that little is padding."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda number: (lengths[number], number)):
        size = len(batch) + 1
        if batch and (size * beams > ROWS_AT_ONCE or size * lengths[number] > SOURCE_TOKENS_AT_ONCE):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _load_tokenizer(path: Path, description: T5Description) -> Tokenizer:
    try:
        content = path.read_bytes()
        tokenizer = Tokenizer.from_buffer(content)
    # The library raises bare exceptions for what it cannot parse.
    except Exception as error:
        raise ModelCorrupt(f"{path.name} is no tokenizer that can be loaded; build the version again") from error
    if hashlib.sha256(content).hexdigest() != description.tokenizer_sha256:
        raise ModelCorrupt(f"{path.name} is not the tokenizer that the version was built with; build it again")
    return tokenizer


def _check_vocabulary(tokenizer: Tokenizer, description: T5Description) -> None:
    entries, vocabulary = tokenizer.get_vocab_size(), description.vocabulary
    if not vocabulary - VOCABULARY_ROUNDING < entries <= vocabulary:
        raise ModelCorrupt(
            f"{TOKENIZER_FILE} has {entries} entries and the model {vocabulary} embeddings: they are not of one model"
        )
    if tokenizer.token_to_id(END) != description.end_id:
        raise ModelCorrupt(f"{TOKENIZER_FILE}: {END} is not the model's end token, {description.end_id}")
    if tokenizer.token_to_id(PAD) != description.pad_id:
        raise ModelCorrupt(f"{TOKENIZER_FILE}: {PAD} is not the model's padding token, {description.pad_id}")


def _check_graphs(graphs: T5Graphs) -> None:
    description = graphs.description
    try:
        decoder = graphs.start([[description.vocabulary - 1, description.end_id]], beams=1)
        logits = decoder.next_logits(np.array([description.start_id]))
    except (*RUNTIME_ERRORS, ValueError, IndexError) as error:
        raise ModelCorrupt("the graphs do not run on each other's outputs; build the version again") from error
    if logits.shape != (1, description.vocabulary) or not np.isfinite(logits).all():
        raise ModelCorrupt(f"the decoder gives no finite logits of (1, {description.vocabulary})")
