"""Read captures: the plain text of an article's page, as a browser copies it.

A capture holds, in this order and with gaps: site name and headline; the headline again; captions
with ``Foto: ©``; the lead; a control line (``Textgröße ändern:``); paragraphs; a byline; and the
block "Empfohlen" of headlines with their teasers. `page` takes it apart with what `lines` knows
of single lines, `title` and `recommended` of its first and last part.
"""

from relnews.ingest.capture.page import capture_id, read_capture

__all__ = ["capture_id", "read_capture"]
