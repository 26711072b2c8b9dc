"""Reading Debezium's lists of regular expressions."""

from __future__ import annotations

import re
from typing import Final

_SPLIT: Final = re.compile(r"(?<!\\),")
_QUANTIFIERS: Final = "*+?{"
_META: Final = re.compile(r"[.^$|?*+()\[\]{}]")


def entries(text: str) -> list[str]:
    """Split a list at its commas, except those after a backslash; entries are trimmed."""
    return [entry.strip() for entry in _SPLIT.split(text) if entry.strip()]


def unescaped_dots(pattern: str) -> bool:
    r"""Tell whether a dot of a pattern matches any character and was hardly meant to.

    `\.` is a dot, `[.]` too, and `.*` says itself what it means.
    """
    in_class = False
    skip = False
    for position, character in enumerate(pattern):
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif character == "[":
            in_class = True
        elif character == "]":
            in_class = False
        elif character == "." and not in_class:
            following = pattern[position + 1 : position + 2]
            if not following or following not in _QUANTIFIERS:
                return True
    return False


def has_separator(pattern: str) -> bool:
    """Tell whether a pattern can match `SCHEMA.TABLE` at all: it has some dot."""
    return "." in pattern


def is_plain(pattern: str) -> bool:
    r"""Tell whether a pattern is a literal name whose special characters are escaped.

    A bare dot counts as literal here: `unescaped_dots` is another finding.
    """
    without = re.sub(r"\\.", "", pattern).replace(".", "")
    return not _META.search(without)


def escaped_dots(pattern: str) -> str:
    """Write a pattern again with its bare dots escaped, for a finding to propose."""
    return re.sub(r"(?<!\\)\.(?![*+?{])", r"\\.", pattern)
