"""Entries of any length through a model of bounded input: windows, summaries of summaries, what is read and said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samo.domain.summary import SummaryOptions
from samo.inference.summarizer.condensing import Condenser, NotWritten
from samo.inference.summarizer.model_text import finished_sentences, readable
from samo.inference.summarizer.windows import windows
from samo.inference.t5.options import GenerationOptions
from tests.fakes.generator import RepeatingGenerator
from tests.unit.inference.summarizer.given_summaries import DAY, a_fallback, summary_by, timed

WRITING = GenerationOptions(beams=4, max_new_tokens=10)


def a_condenser(generator: RepeatingGenerator, *, budget: int = 100) -> Condenser:
    """One that reads `budget` words at once, besides its prefix and the end token."""
    return Condenser(generator, max_length=budget + 2)


def body(text: str) -> list[str]:
    """The words after the prefix."""
    prefix, *words = text.split()
    assert prefix == "summarize:"
    return words


def test_windows_are_whole_sentences_that_overlap() -> None:
    """Each as full as it can be; the last sentences of one begin the next, where they are short enough."""
    assert [*windows([4, 3, 2, 4, 3, 3], budget=10, overlap=3)] == [range(3), range(2, 5), range(4, 6)]
    assert [*windows([5, 5, 5, 5], budget=10, overlap=3)] == [range(2), range(2, 4)]
    assert [*windows([20, 1, 20], budget=10, overlap=3)] == [range(1), range(1, 2), range(2, 3)]
    assert [*windows([1, 1], budget=10, overlap=3)] == [range(2)]
    assert [*windows([], budget=10, overlap=3)] == []


@given(lengths=st.lists(st.integers(1, 30), max_size=60), budget=st.integers(1, 40), overlap=st.integers(0, 10))
def test_windows_cover_everything_in_order_and_stay_within_the_budget(
    lengths: list[int], budget: int, overlap: int
) -> None:
    """Every sentence, no gap, something new in each; only a sentence above the budget exceeds it, and alone."""
    found = [*windows(lengths, budget=budget, overlap=overlap)]

    assert {index for window in found for index in window} == set(range(len(lengths)))
    for window in found:
        assert len(window) == 1 or sum(lengths[index] for index in window) <= budget
    for before, after in pairwise(found):
        assert before.start < after.start <= before.stop < after.stop
        assert sum(lengths[index] for index in range(after.start, before.stop)) <= overlap


def test_what_fits_is_read_at_once() -> None:
    """One call, one window, the options that were asked for, and the prefix in front."""
    generator = RepeatingGenerator()
    condenser = a_condenser(generator)

    written = condenser.condense([condenser.tokens(text) for text in DAY[:3]], WRITING)

    assert generator.inputs == [f"summarize: {' '.join(DAY[:3])}"]
    assert generator.calls == [WRITING]
    assert (written.text, written.windows, written.cut_off) == (" ".join(DAY[0].split()[:10]), 1, True)


def test_what_does_not_fit_is_read_in_windows_and_what_was_written_of_them_again() -> None:
    """Every sentence is read; no call is larger than the model's input; the last one is of the summaries."""
    generator = RepeatingGenerator()
    condenser = a_condenser(generator, budget=60)
    texts = [f"{text[:-1]} {n}." for n, text in enumerate(DAY * 10)]

    written = condenser.condense([condenser.tokens(text) for text in texts], WRITING)

    read = {word for text in generator.inputs for word in body(text)}
    assert {f"{n}." for n in range(80)} <= read
    assert max(len(body(text)) for text in generator.inputs) <= 60
    assert written.windows == sum(1 for _ in windows([len(t.split()) for t in texts], budget=60, overlap=60 // 8))
    assert written.windows < len(generator.inputs)
    assert [call.beams for call in generator.calls][-1] == 4
    assert {call.beams for call in generator.calls[:-1]} == {1}


def test_a_sentence_longer_than_the_models_input_is_cut() -> None:
    """3,000 words without an end: all of them are read."""
    generator = RepeatingGenerator()
    condenser = a_condenser(generator)

    condenser.condense([condenser.tokens(" ".join(f"w{n}" for n in range(3000)))], WRITING)

    assert {word for text in generator.inputs for word in body(text)} == {f"w{n}" for n in range(3000)}


def test_a_model_that_does_not_condense_is_stopped() -> None:
    """One that writes more than it reads would be asked for ever."""

    class Growing(RepeatingGenerator):
        def generate(self, inputs: object, options: GenerationOptions) -> list[list[int]]:
            assert isinstance(inputs, list)
            return [self.encode("more and more words " * 50) for _ in inputs]

    condenser = a_condenser(Growing())

    with pytest.raises(NotWritten) as refused:
        condenser.condense([condenser.tokens("a sentence of six words here") for _ in range(60)], WRITING)

    assert refused.value.reason == "generation_failed"


@pytest.mark.parametrize("focus", ["emotional", "general"])
def test_all_of_a_long_entry_is_read_whatever_the_focus(focus: str) -> None:
    """Every sentence stands in a window, and `windows` says how many there were."""
    neutral = [f"On day {n} the bus to the office in town was on time." for n in range(120)]
    generator = RepeatingGenerator("I felt so sad.")

    summary = summary_by(a_fallback(generator, SummaryOptions(focus=focus)), timed([*neutral, *DAY]))  # type: ignore[arg-type]

    assert all(any(text in window for window in generator.inputs) for text in (*neutral, *DAY))
    assert summary.windows == len(generator.inputs) - 1 > 1


def test_an_emotional_summary_of_a_long_entry_is_written_of_its_strongest_windows() -> None:
    """50,000 words of which only the last tenth moves its writer: what was written of it is in the last reading."""
    neutral = [f"On day {n} the bus to the office in town was on time." for n in range(3600)]
    felt = [f"In week {n} I was so sad that I could not say a word to Ben." for n in range(360)]
    emotional, general = RepeatingGenerator(), RepeatingGenerator()

    summary = summary_by(a_fallback(emotional, SummaryOptions(focus="emotional")), timed([*neutral, *felt]))
    summary_by(a_fallback(general, SummaryOptions(focus="general")), timed([*neutral, *felt]))

    assert summary.windows > 60
    assert len(body(emotional.inputs[-1])) <= 512
    sad, bus = (emotional.inputs[-1].count(words) for words in ("so sad", "the bus"))
    # Of the windows that are kept, one at most began before the last tenth.
    assert sad > 2 * bus
    sad, bus = (general.inputs[-1].count(words) for words in ("so sad", "the bus"))
    assert bus > 2 * sad


def test_a_repeated_sentence_is_read_once() -> None:
    """A mantra does not crowd out the rest."""
    generator = RepeatingGenerator()

    summary_by(a_fallback(generator, SummaryOptions(focus="general")), timed([*DAY, *["So tired of it."] * 500]))

    assert len(generator.inputs) == 1
    assert generator.inputs[0].count("So tired of it.") == 1


@pytest.mark.parametrize(
    ("text", "cut_off", "sentences"),
    [
        ("i was sad . then ben called !", False, ("I was sad.", "Then ben called!")),
        ("iPhone and i'm fine", False, ("iPhone and I'm fine",)),
        ("It was late. And then we", True, ("It was late.",)),
        ("It was late and then we,", True, ("It was late and then we…",)),
        ("It was late.", True, ("It was late.",)),
        ("It \x00was\nlate\u202e", False, ("It was late",)),
    ],
)
def test_what_a_model_wrote_is_put_right(text: str, *, cut_off: bool, sentences: tuple[str, ...]) -> None:
    """Spacing, capitals, and what was left unfinished for want of tokens."""
    assert sentences == finished_sentences(text, cut_off=cut_off)


@given(st.text())
def test_what_a_model_reads_is_printable_and_on_one_line(text: str) -> None:
    """Whatever was typed."""
    assert readable(text).isprintable()


@given(st.lists(st.sampled_from(["</s>", "<pad>", "<extra_id_0>", "<", ">", "/", "s", "pad", "\x00", " ", "<|end|>"])))
def test_an_entry_cannot_speak_a_tokenizers_own_tokens(parts: list[str]) -> None:
    """However they are nested or cut by what is removed."""
    text = readable("".join(parts))

    assert not any(token in text for token in ("</s>", "<s>", "<pad>", "<extra_id_0>", "<|end|>"))


def test_brackets_that_are_no_token_are_read_as_they_are() -> None:
    """People write hearts, comparisons and faces with them."""
    assert readable("I <3 you, 3 < 4 and >:( <-") == "I <3 you, 3 < 4 and >:( <-"
    assert finished_sentences("i <3 you .", cut_off=False) == ("I <3 you.",)


@given(st.text(max_size=100), st.booleans())
def test_any_output_can_be_put_right(text: str, cut_off: bool) -> None:
    """Never an exception, never an empty sentence."""
    assert all(sentence.strip() for sentence in finished_sentences(text, cut_off=cut_off))
