"""Evaluates CloudWatch's filter patterns that are one regular expression, `%…%`, and no others.

The syntax is that of the guide's "Supported regular expressions (regex) syntax".
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 1024
"""Characters of a filter pattern that PutMetricFilter takes."""
_SYMBOLS: Final = set(":_#=@/;,-")
_OPERATORS: Final = set("^$?[]{}|\\*+.")
_ESCAPES: Final = re.compile(r"\\(?:[dDsSwW]|x[0-9A-F]{2}|[\^$?\[\]{}|\\*+.])")


def compiled(pattern: str) -> re.Pattern[str]:
    """Give what the pattern means; raises ValueError for what CloudWatch would not take."""
    if len(pattern) > LONGEST:
        raise ValueError(f"{len(pattern)} characters are over {LONGEST}")
    if len(pattern) < 3 or not (pattern.startswith("%") and pattern.endswith("%")):
        raise ValueError(f"{pattern} is no regular expression between percent signs")
    body = pattern[1:-1]
    plain = _ESCAPES.sub("", body)
    if "\\" in plain:
        raise ValueError(f"{pattern} escapes what need not, or may not, be escaped")
    for character in plain:
        alphanumeric = character.isascii() and character.isalnum()
        if not alphanumeric and character not in _SYMBOLS | _OPERATORS:
            raise ValueError(f"{character!r} is not supported in {pattern}")
    # `^` and `$` are the event's ends, not a line's; whether `.` takes a line's end is not said.
    return re.compile(body, re.ASCII)
