"""The report: one insight as a page that a person reads, complete in itself and without scripts."""

from samo.report.page import render_report

__all__ = ["render_report"]
