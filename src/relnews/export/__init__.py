"""Hand lists to other programs and people. The last stage of the flow: it changes nothing."""

from relnews.export.html import html_block, html_page
from relnews.export.lists import lists_writer, write_lists
from relnews.export.record import list_record

__all__ = ["html_block", "html_page", "list_record", "lists_writer", "write_lists"]
