"""Names of users, tablespaces and pluggable databases, which no statement can take as a bind."""

from __future__ import annotations

import re
from typing import Final

from wms_connector.oracle.errors import AddressError

_IDENTIFIER: Final = re.compile(r"[A-Z][A-Z0-9_$#]{0,127}")


def identifier(text: str, what: str) -> str:
    """Read a user's, tablespace's or pluggable database's name, in Oracle's upper case.

    Raises AddressError for anything that would have to be quoted.
    """
    name = text.upper()
    if not _IDENTIFIER.fullmatch(name):
        raise AddressError(
            f"{text!r} is no name of a {what}",
            hint="Allowed are a letter, then letters, digits, _, $ and #; at most 128",
        )
    return name
