"""Read articles from files: checked, cleaned, and never silently dropped.

The first stage of the flow. `read` takes JSON Lines, CSV and plain-text captures of pages, and
yields each record either as an `Article` or as `Quarantined` with file, line, id and reason.
"""

from relnews.ingest.fields import to_article
from relnews.ingest.reading import Format, read

__all__ = ["Format", "read", "to_article"]
