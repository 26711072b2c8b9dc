"""An error as one line for CloudFormation's events and a function's log: what, why, what next."""

from __future__ import annotations

import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.oracle.catalogue import Entry

LIMIT: Final = 1000
"""Bytes: CloudFormation's events show about as much of a reason."""
_EXPLAINED: Final = 2
_CUT: Final = " … "


def readable(
    error: BaseException, *, limit: int = LIMIT, redact: Callable[[str], str] = str
) -> str:
    """Put an error into one line: what the catalogue knows of its cause, then its own words.

    `redact` masks secrets before the line is cut: half of one would not be known for what it is.
    Of an error that is none of ours only its kind is told, and where it came up: nobody can say
    what its text holds.
    """
    if not isinstance(error, WmsError):
        return f"an unforeseen {type(error).__name__} at {places(error)[-1]}; the log says more"
    explained = " ".join(f"{entry.sentence}." for entry in causes_of(error)[:_EXPLAINED])
    own = redact(" ".join(str(error).split()))
    if not explained:
        return cut(own, limit)
    room = limit - len(explained.encode()) - 3
    return cut(explained, limit) if room <= 0 else f"{explained} | {cut(own, room)}"


def causes_of(error: WmsError) -> tuple[Entry, ...]:
    """Give what the error catalogue knows of an error, the root cause first."""
    if not error.evidence:
        return ()
    from wms_connector.oracle.catalogue import explain

    entries = explain(error.evidence)
    return tuple(entry for entry in entries if not entry.frame) or entries


def cut(text: str, limit: int) -> str:
    """Shorten a text to so many bytes, in its middle: the first and the root cause stay."""
    content = text.encode()
    if len(content) <= limit:
        return text
    room = limit - len(_CUT.encode())
    if room <= 0:
        return content[:limit].decode(errors="ignore")
    tail = room // 2
    head = content[: room - tail].decode(errors="ignore")
    return head + _CUT + content[len(content) - tail :].decode(errors="ignore")


def places(error: BaseException) -> list[str]:
    """Give where an error passed, outermost first: file, line and function, none of its text."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in frames] or ["no place"]
