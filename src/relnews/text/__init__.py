"""From characters to words: the second stage of the flow, between ingest and embedding.

Boilerplate goes out (`clean`), the language is told (`detect`), and what is left becomes folded
words (`words`) and stems (`term`) to embed, or whole sentences (`sentences`, `teaser`) to show.
"""

from relnews.text.boilerplate import clean
from relnews.text.language import detect
from relnews.text.stems import term
from relnews.text.teaser import sentences, teaser
from relnews.text.words import words

__all__ = ["clean", "detect", "sentences", "teaser", "term", "words"]
