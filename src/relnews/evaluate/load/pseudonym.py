"""Replace the names of users, so that a raw one never leaves the file it stands in."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from relnews.errors import InvalidPolicy, InvalidTruth
from relnews.evaluate.load.values import to_id

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["pseudonyms"]

_LONGEST_SALT = 64  # bytes; what BLAKE2b takes as a key
_DIGEST = 8


def pseudonyms(salt: str | None) -> Callable[[object], str]:
    """Give the function that turns a user of a file into the user of an event.

    Without a salt that is the name as it is. With one it is the keyed BLAKE2b hash (RFC 7693) of
    the name, 16 hexadecimal digits: the same user and salt always give the same pseudonym, and
    without the salt nobody can try names. Keep the salt apart from the results, or throw it away.

    Raises
    ------
    InvalidPolicy
        When the salt is not 1 to 64 bytes long.

    Examples
    --------
    >>> pseudonyms(None)("anna"), pseudonyms("secret")("anna")
    ('anna', '8c628bb5658ec410')
    """
    if salt is None:
        return _name
    key = salt.encode()
    if not 1 <= len(key) <= _LONGEST_SALT:
        msg = f"salt must be 1 to {_LONGEST_SALT} bytes long, got {len(key)}; choose another"
        raise InvalidPolicy(msg)
    return lambda user: blake2b(_name(user).encode(), digest_size=_DIGEST, key=key).hexdigest()


def _name(user: object) -> str:
    try:
        return to_id("user", user)
    except InvalidTruth:  # its message shows the value, which may be half a name
        msg = "user must be text that is not empty, valid Unicode without NUL"
        raise InvalidTruth(msg) from None
