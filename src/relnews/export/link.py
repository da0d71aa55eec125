"""Which addresses may become a link. Escaping alone does not stop `javascript:`."""

from __future__ import annotations

import re

# Browsers drop tabs, line ends and leading control characters before they look for the scheme
# (https://url.spec.whatwg.org/#concept-basic-url-parser), so none may occur anywhere. A relative
# address has no colon, and no ampersand that could spell one, before its first slash.
_REST = r"[^\s\x00-\x1f\x7f-\x9f]"
_ADDRESS = re.compile(rf"(?ai:https?)://{_REST}+|[\w%.~!$'()*+,;=@-]*(?:[/?#]{_REST}*)?")


def safe_link(url: str) -> str:
    r"""Return the address if it is http, https or relative, and "" otherwise.

    An allow-list: whatever it does not know is no link. White space and control characters are
    refused, not repaired.

    Examples
    --------
    >>> safe_link("https://tagblatt.example/a"), safe_link("../b?c=1:2"), safe_link("/d")
    ('https://tagblatt.example/a', '../b?c=1:2', '/d')
    >>> safe_link("JavaScript:alert(1)"), safe_link(" java\nscript:alert(1)")
    ('', '')
    """
    return url if _ADDRESS.fullmatch(url) else ""
