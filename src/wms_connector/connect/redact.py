"""Nothing secret leaves in a configuration, a trace or a message: by key and by value."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from wms_connector.model.masking import is_secret_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MASK: Final = "********"
_SHORT: Final = 4  # a shorter value is masked as a whole word only, or texts would be shredded

_REFERENCE: Final = re.compile(r"\$\{[^{}]*\}")
_QUOTED: Final = re.compile(r'"([^"]*)"')
# Patterns for what nobody told us is secret: each keeps what stands before the value.
_PATTERNS: Final = (
    # password=…, "secret": "…", sasl.password: …
    re.compile(
        r"""(?ix) ((?:passw(?:or)?d|passphrase|pwd|secret|token|credentials?)
            ["']? \s* [=:] \s*) (?: "[^"]*" | '[^']*' | [^\s"',;&)\]}]+ )"""
    ),
    # scheme://user:password@host, and jdbc:oracle:thin:user/password@host
    re.compile(r"(://[^\s/:@]+:)[^\s/@]+(?=@)"),
    re.compile(r"(?i)(jdbc:oracle:\w+:[^\s/:@]+/)[^\s@]+(?=@)"),
    # Debezium quotes the statement of a change that it cannot read: a row's values.
    re.compile(
        r"""(?isx) (\b(?: insert\s+into | update | delete\s+from ) \s+ "[^"]+"\."[^"]+" \s*)
            .+? (?= \n\s+at\s | \nCaused\ by: | \Z )"""
    ),
)


def has_reference(value: str | None) -> bool:
    """Tell whether a worker would resolve something in this value."""
    return value is not None and "${" in value


def is_only_references(value: str) -> bool:
    """Tell whether a value holds nothing but references, also inside a login module's quotes."""
    if not has_reference(value):
        return False
    if not _REFERENCE.sub("", value).strip():
        return True
    quoted = _QUOTED.findall(value)
    return bool(quoted) and all(_REFERENCE.fullmatch(text) for text in quoted)


class Redactor:
    """Masks known secrets wherever they stand, and what looks like one.

    `secrets` are values, not names. Their forms in URLs and in JSON are masked too.
    """

    def __init__(self, secrets: Iterable[SecretStr | str] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
            if value.strip():
                forms |= {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
        # The longest first, so that no part of one stays when another is its beginning.
        found = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(_found_as(form) for form in found)) if found else None

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """Mask a text."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern in _PATTERNS:
            text = pattern.sub(lambda match: match[1] + MASK, text)
        return text

    def value(self, key: str, value: str | None) -> str | None:
        """Mask a configuration's value, by its key and by what it holds.

        References stay: `${env:DB_PASSWORD}` names a secret and is none.
        """
        if not value or is_only_references(value):
            return value
        return MASK if is_secret_key(key) else self.text(value)

    def config(self, config: Mapping[str, str | None]) -> dict[str, str | None]:
        """Mask a configuration."""
        return {key: self.value(key, value) for key, value in config.items()}

    def data(self, data: Any, key: str = "") -> Any:
        """Mask JSON of any form like a configuration: by what it holds, and by the keys in it."""
        if isinstance(data, str):
            return self.value(key, data)
        if isinstance(data, dict):
            return {self.text(name): self.data(each, name) for name, each in data.items()}
        if isinstance(data, list):
            return [self.data(each, key) for each in data]
        number = isinstance(data, int | float) and not isinstance(data, bool)
        return MASK if number and is_secret_key(key) else data


def _found_as(form: str) -> str:
    escaped = re.escape(form)
    return rf"(?<!\w){escaped}(?!\w)" if len(form) < _SHORT else escaped
