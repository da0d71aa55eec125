"""Every error that relnews raises on purpose.

    RelnewsError
    ├── InvalidArticle      a record cannot be an article        (ValueError)
    ├── InvalidModel        a model's settings or files cannot be (ValueError)
    ├── InvalidPolicy       a setting or rule is out of range    (ValueError)
    ├── InvalidQuery        a question cannot be answered        (ValueError)
    ├── InvalidTruth        what should be true cannot be        (ValueError)
    ├── UnknownArticle      no article has this id               (LookupError)
    ├── IngestError         a file cannot be read at all
    ├── ExportError         lists cannot be written there
    ├── MissingExtra        an optional package is not installed
    ├── MissingModel        a model is not on this machine       (LookupError)
    └── StoreError          the database is not ours, or not sound
        └── ModelMismatch   vectors or models do not belong together

A message says what must hold, what was given and what to do.
"""

__all__ = [
    "ExportError",
    "IngestError",
    "InvalidArticle",
    "InvalidModel",
    "InvalidPolicy",
    "InvalidQuery",
    "InvalidTruth",
    "MissingExtra",
    "MissingModel",
    "ModelMismatch",
    "RelnewsError",
    "StoreError",
    "UnknownArticle",
]


class RelnewsError(Exception):
    """Catch this to catch everything that relnews raises on purpose."""


class InvalidArticle(RelnewsError, ValueError):
    """A record breaks a rule of `relnews.Article`; it goes to quarantine."""


class InvalidModel(RelnewsError, ValueError):
    """The settings or the files of a pretrained model hold something that cannot be."""


class InvalidPolicy(RelnewsError, ValueError):
    """A setting, a rule or a settings file holds something that cannot be."""


class InvalidQuery(RelnewsError, ValueError):
    """`recommend` was asked something that has no answer, such as k = 0."""


class InvalidTruth(RelnewsError, ValueError):
    """Judgements, links, events or logs that an evaluation cannot be based on."""


class UnknownArticle(RelnewsError, LookupError):
    """The id is not in the store."""


class IngestError(RelnewsError):
    """A file as a whole cannot be read: missing, unknown format, broken gzip."""


class ExportError(RelnewsError):
    """Lists cannot be written to a target: unknown format, missing extra, no right to write."""


class MissingExtra(RelnewsError):
    """What was asked for needs a package that only an extra of relnews brings."""


class MissingModel(RelnewsError, LookupError):
    """A pretrained model is not on this machine; nothing is ever downloaded unasked."""


class StoreError(RelnewsError):
    """The database is not one of ours, is newer than this library, or is damaged."""


class ModelMismatch(StoreError):
    """Vectors carry another fingerprint than the model that should read them."""
