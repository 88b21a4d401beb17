"""The report: what a person sees of an insight, and nothing that an entry could smuggle into the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from samo.domain.emotion import LabelScore
from samo.domain.insight import Insight
from samo.domain.recording import RecordingRef
from samo.domain.summary import SummarySentence
from samo.domain.transcript import EngineUse
from samo.report import render_report
from samo.report.valence_curve import HEIGHT, MARGIN, WIDTH, draw_valence_curve
from tests.unit.given_documents import (
    SAID,
    a_reading,
    a_sentence_reading,
    a_summary,
    a_transcript,
    an_insight,
)

HOSTILE = """<script>alert("x")</script> "quoted" 'so' & <img src=x onerror='alert(1)'> {{ 7 * 7 }} {% raw %}"""


class Page(HTMLParser):
    """A page as a browser reads it: elements with attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[str] = []
        self._hidden = False
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """All text but styles, with white space as a browser shows it."""
        return " ".join("".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, dict(attrs)))
        self._hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        self._hidden = False
        self._texts.append(" ")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._hidden:
            self._texts.append(data)

    def count(self, tag: str) -> int:
        """How many of these elements there are."""
        return sum(tag == element for element, _ in self.elements)


def page_of(insight: Insight) -> Page:
    """The insight's report, as a browser reads it."""
    return Page(render_report(insight))


def a_hostile_insight() -> Insight:
    """Every text that comes from a user, a file name or a model is markup."""
    labels = (LabelScore(label=HOSTILE, probability=0.9),)
    sentences = tuple(
        msgspec.structs.replace(a_sentence_reading(HOSTILE, start_s=start_s, valence=valence), labels=labels)
        for start_s, valence in ((0.0, -0.9), (5.0, 0.9))
    )
    insight = an_insight(
        a_transcript(text=HOSTILE, language=HOSTILE),
        a_reading(sentences=sentences, labels=labels, ekman=labels, journal=labels),
        a_summary(text=HOSTILE, sentences=(SummarySentence(text=HOSTILE, start_s=0, end_s=1),)),
    )
    ref = RecordingRef(bucket=HOSTILE, name=HOSTILE, generation=7)
    return msgspec.structs.replace(insight, recording=ref, observations=(HOSTILE,), headline=HOSTILE)


def test_the_page_tells_what_the_insight_says() -> None:
    """Headline, recording, facts, observations, summary, emotions and each sentence with its time."""
    insight = an_insight()

    page = page_of(insight)

    assert page.text.startswith(
        f"{insight.headline} {insight.headline} {insight.recording.name} · 0:08 · 122 words per"
    )
    for shown in (
        *insight.observations,
        a_summary().text,
        "happy 60%",
        "sad 40%",
        "0:00 I missed the train",
        "0:05 We laughed",
    ):
        assert shown in page.text
    assert page.count("li") == len(SAID)
    assert "Incomplete" not in page.text


def test_hostile_text_is_shown_and_nothing_else() -> None:
    """It is text wherever it stands: no element, no attribute and no template comes of it."""
    harmless, hostile = page_of(_with_harmless_texts(a_hostile_insight())), page_of(a_hostile_insight())

    shown = " ".join(HOSTILE.split())
    assert shown in hostile.text
    assert [tag for tag, _ in harmless.elements] == [tag for tag, _ in hostile.elements]
    assert [attributes for _, attributes in harmless.elements] == [attributes for _, attributes in hostile.elements]
    assert hostile.text.replace(shown, "harmless") == harmless.text


@pytest.mark.parametrize("failed", [{"emotions_failed": HOSTILE}, {"summary_failed": HOSTILE}])
def test_hostile_codes_are_shown_and_nothing_else(failed: dict[str, str]) -> None:
    """Even those of failure records."""
    page = page_of(an_insight(None, None, None, **failed))

    assert page.count("script") == page.count("img") == 0


def test_the_page_is_complete_in_itself() -> None:
    """Nothing is loaded from anywhere and nothing runs: the entry stays on the reader's screen."""
    html = render_report(an_insight())

    page = Page(html)
    assert page.count("script") == page.count("link") == page.count("img") == page.count("iframe") == 0
    assert not [
        name
        for _, attributes in page.elements
        for name in attributes
        if name in ("src", "href") or name.startswith("on")
    ]
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.parametrize(
    ("failed", "note"),
    [
        ({"emotions_failed": "document_invalid"}, "Incomplete: emotions (document_invalid) ."),
        ({"summary_failed": "recording_gone"}, "Incomplete: summary (recording_gone) ."),
        ({"emotions_failed": "a", "summary_failed": "b"}, "Incomplete: emotions (a), summary (b) ."),
    ],
)
def test_a_degraded_insight_says_what_is_missing(failed: dict[str, str], note: str) -> None:
    """Each failed part with the code of its record."""
    page = page_of(an_insight(None, None, None, **failed))

    assert note.replace(" .", ".") in page.text


def test_without_emotions_the_transcript_is_shown_as_it_is() -> None:
    """There are no sentences with times, no curve and no bars, yet every word."""
    page = page_of(an_insight(emotions_failed="document_invalid"))

    assert a_transcript().text in page.text
    assert page.count("li") == page.count("svg") == page.count("i") == 0


def test_the_page_says_where_a_model_has_spoken_for_the_person() -> None:
    """Words that are not theirs are marked, and that a model was refused; that there is none is nobody's concern."""
    written = a_summary(method="abstractive", made_by=EngineUse(engine="onnx", version="t5-small-1"))
    refused, modest = a_summary(fallback_reason="unfaithful_name"), a_summary(fallback_reason="no_model")

    assert "Written by the model t5-small-1, not in your words." in page_of(an_insight(summary=written)).text
    assert "the model's text was not used (unfaithful_name)" in page_of(an_insight(summary=refused)).text
    assert "In your own words" not in page_of(an_insight(summary=modest)).text


def test_without_a_summary_there_is_no_empty_box() -> None:
    """Neither heading nor frame."""
    page = page_of(an_insight(summary_failed="document_invalid"))

    assert "Summary" not in page.text
    assert ("p", {"class": "summary"}) not in page.elements


@pytest.mark.parametrize("reason", ["no_speech", "blank_text"])
def test_an_entry_without_words_says_so(reason: str) -> None:
    """No curve, no bars, no summary: there is no text."""
    insight = an_insight(
        a_transcript(text="", segments=(), empty_reason=reason, words_per_minute=None),
        a_reading(sentences=(), labels=(), ekman=(), journal=(), empty_reason=reason),
        a_summary(text="", sentences=(), empty_reason=reason),
    )

    page = page_of(insight)

    assert page.text.endswith("Transcript There is no text.")
    assert page.count("svg") == page.count("i") == 0
    assert "Summary" not in page.text


def test_a_stand_in_engine_is_told() -> None:
    """Whoever reads wrong words knows why."""
    page = page_of(an_insight(a_transcript(warnings=("stand_in_engine",))))

    assert "Transcribed by a stand-in speech engine; expect many wrong words." in page.text


def test_a_written_entry_has_no_times() -> None:
    """Its sentences stand in order, each with an empty place for the time."""
    sentences = tuple(a_sentence_reading(text) for text, *_ in SAID)
    insight = an_insight(
        a_transcript(source="text", segments=(), audio=None, words_per_minute=None), a_reading(sentences=sentences)
    )

    page = page_of(insight)

    assert not re.search(r"\d:\d\d", page.text)
    assert page.count("li") == len(SAID)


def test_without_journal_emotions_the_finer_labels_are_shown() -> None:
    """As in the headline."""
    page = page_of(an_insight(emotions=a_reading(journal=())))

    assert "joy 62%" in page.text


def test_neutral_is_no_mark_of_a_sentence() -> None:
    """It would stand beside most of them and say nothing."""
    labels = (LabelScore(label="neutral", probability=0.9), LabelScore(label="joy", probability=0.5))
    sentence = msgspec.structs.replace(a_sentence_reading("Then Ben called."), labels=labels)

    page = page_of(an_insight(emotions=a_reading(sentences=(sentence,))))

    assert page.text.endswith("Then Ben called. joy")


# The curve.


def test_the_curve_leads_through_each_sentence_at_its_time() -> None:
    """From the first to the last, bright at the top; the middle one two thirds of the way, as it was spoken."""
    sentences = [
        a_sentence_reading(start_s=10, valence=1.0, label=("joy", 0.9)),
        a_sentence_reading(start_s=30, valence=0.0),
        a_sentence_reading(start_s=40, valence=-1.0, label=("sadness", 0.8)),
    ]

    curve = draw_valence_curve(sentences)

    assert curve is not None
    assert (curve.width, curve.height) == (WIDTH, HEIGHT)
    left, right, top, bottom = MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN
    assert [(point.x, point.y) for point in curve.points] == [
        (left, top),
        (pytest.approx(left + (right - left) * 2 / 3, abs=0.05), HEIGHT / 2),
        (right, bottom),
    ]
    assert [(point.label, point.sentence) for point in curve.points] == [
        ("joy", 1),
        ("no emotion stands out", 2),
        ("sadness", 3),
    ]
    assert curve.path == "M12.0 12.0 L476.0 80.0 L708.0 148.0"


@pytest.mark.parametrize("starts_s", [[None, None, None], [3.0, 3.0, 3.0], [0.0, None, 9.0]])
def test_sentences_without_times_lie_at_equal_distances(starts_s: list[float | None]) -> None:
    """In a written entry, and where times are of no use."""
    curve = draw_valence_curve([a_sentence_reading(start_s=start_s) for start_s in starts_s])

    assert curve is not None
    assert [point.x for point in curve.points] == [MARGIN, WIDTH / 2, WIDTH - MARGIN]


@pytest.mark.parametrize("count", [0, 1])
def test_less_than_two_sentences_make_no_curve(count: int) -> None:
    """A single point is no course."""
    assert draw_valence_curve([a_sentence_reading()] * count) is None


def test_the_curve_stands_in_the_page() -> None:
    """One point for each sentence; pointing at it shows its number and its emotion."""
    page = page_of(an_insight())

    assert page.count("svg") == 1
    assert page.count("circle") == len(SAID)
    for title in ("1: sadness", "2: no emotion stands out", "3: joy"):
        assert title in page.text


def _with_harmless_texts(insight: Insight) -> Insight:
    harmless = msgspec.json.encode(insight).replace(msgspec.json.encode(HOSTILE), b'"harmless"')
    return msgspec.json.decode(harmless, type=Insight)
