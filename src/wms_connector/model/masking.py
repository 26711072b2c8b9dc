"""Which settings hold secrets, by their names: for whoever shows a configuration."""

from __future__ import annotations

import re
from typing import Final

_SECRET: Final = re.compile(
    r"passw|pwd|secret|token|credential|jaas|passphrase|api[._-]?key|private[._-]?key"
    r"|keystore[._-]key|access[._-]?key|sslkey|\.key$|user[._-]info|authorization",
    re.IGNORECASE,
)
# Names that hold one of the words above and are no secrets.
_HARMLESS: Final = re.compile(
    r"credentials\.provider\.class$|\.callback\.handler\.class$|token\.endpoint\.url$"
)


def is_secret_key(key: str) -> bool:
    """Tell whether a setting's value is a secret, by the setting's name."""
    return bool(_SECRET.search(key)) and not _HARMLESS.search(key)
