"""Filling the page's template with what an insight says."""

from __future__ import annotations

import functools

import jinja2

from samo.domain.insight import Insight
from samo.domain.joining import authorship, clock_time
from samo.report.valence_curve import draw_valence_curve


def render_report(insight: Insight) -> str:
    """The insight as an HTML page; everything that came from the recording is escaped."""
    sentences = insight.emotions.sentences if insight.emotions else ()
    author = authorship(insight.summary) if insight.summary else None
    return _template().render(insight=insight, curve=draw_valence_curve(sentences), authorship=author)


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("samo.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["clock_time"] = clock_time
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    return environment.get_template("page.html")
