"""Which values may be secrets, so that no finding repeats one."""

from __future__ import annotations

import re
from typing import Final

from wms_connector.connectors.lint.finding import HIDDEN
from wms_connector.model.masking import is_secret_key

REFERENCE: Final = re.compile(r"\$\{[A-Za-z0-9_.-]+:[^}]*\}")
"""A reference to one of the worker's config providers, for instance `${env:DB_PASSWORD}`."""

_IN_URL: Final = re.compile(
    r"//[^/@\s]*:[^/@\s]+@|thin:[^/@\s]+/[^@\s]+@"
    r"|[?&;(][\w.]*(?:passw(?:or)?d|passphrase|pwd|secret|token|user)=[^&;$]",
    re.IGNORECASE,
)
_IN_JAAS: Final = re.compile(r"password\s*=\s*[\"']?(?!\$\{)[^\"';\s]", re.IGNORECASE)


def holds_secret(key: str, value: str) -> bool:
    """Tell whether a value shows a credential: it is one, and is not a reference to one."""
    without = REFERENCE.sub("", value)
    if "jaas" in key.lower():
        return bool(_IN_JAAS.search(value))
    if is_secret_key(key):
        return without.strip() != ""
    return bool(_IN_URL.search(without))


def shown(key: str, value: str | None) -> str | None:
    """Give a value as a finding may show it: at most 120 characters, no secret."""
    if value is None:
        return None
    if holds_secret(key, value) or (is_secret_key(key) and not REFERENCE.fullmatch(value)):
        return HIDDEN
    limit = 120
    return value if len(value) <= limit else f"{value[:limit]}…"
