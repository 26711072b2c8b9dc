"""A Java stack trace, shortened to what a person reads: the exceptions and their causes."""

from __future__ import annotations

import re
from typing import Final

_FRAME: Final = re.compile(r"^\s+at |^\s*\.\.\. \d+ (more|common frames omitted)|^\s*Suppressed: ")
_CLASS: Final = re.compile(r"^(?:Caused by: )?(?:[\w$]+\.)+([\w$]+(?:Exception|Error|Throwable)\b)")
_LONGEST: Final = 400


def causes(trace: str, *, most: int = 5) -> tuple[str, ...]:
    """Give the exceptions of a trace from the outermost to the root cause, without frames.

    Messages over several lines are joined; each is cut at 400 characters. When there are more
    than `most`, the first and the last ones stay: the root cause is the one that matters.
    """
    found: list[str] = []
    for line in trace.splitlines():
        if not line.strip() or _FRAME.match(line):
            continue
        starts = line.startswith("Caused by: ") or not found
        text = _CLASS.sub(r"\1", line.removeprefix("Caused by: ").strip())
        if starts:
            found.append(text)
        else:
            found[-1] += f" {text}"
    # An outer exception often repeats its cause's text; say it once.
    told = [
        text
        for place, text in enumerate(found)
        if not any(text in later for later in found[place + 1 :])
    ]
    cut = [text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in told]
    return tuple(cut if len(cut) <= most else [cut[0], *cut[len(cut) - most + 1 :]])
