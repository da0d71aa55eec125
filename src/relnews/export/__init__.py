"""Hand lists to other programs and people. The last stage of the flow: it changes nothing."""

from relnews.export.html import html_block, html_page

__all__ = ["html_block", "html_page"]
