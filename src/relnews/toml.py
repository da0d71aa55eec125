"""Text as TOML holds it, for the settings that are written to files."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    r"""Write a basic string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped.

    Raises
    ------
    UnicodeEncodeError
        When the text is no valid Unicode.

    Examples
    --------
    >>> print(quoted('Stadt "Mitte"'))
    "Stadt \"Mitte\""
    """
    text.encode()
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
