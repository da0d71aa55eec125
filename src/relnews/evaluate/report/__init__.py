"""Show what an evaluation found: a page, Markdown, and JSON that reads back.

The last stage of an evaluation: it measures nothing and changes nothing.
"""

from relnews.evaluate.report.html import to_html
from relnews.evaluate.report.markdown import to_markdown
from relnews.evaluate.report.record import from_json, to_json

__all__ = ["from_json", "to_html", "to_json", "to_markdown"]
