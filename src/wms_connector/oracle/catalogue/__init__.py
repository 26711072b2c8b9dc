"""The error catalogue: what an error means here, who acts, and what the next step is.

`explain` finds its entries in whatever text there is: a Connect trace, an exception's text, an
answer of a validation. It gives nothing of the text back but Oracle's codes, so no secret either.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from wms_connector.oracle.catalogue import (
    database,
    debezium,
    kafka,
    logminer,
    network,
    postgres,
)
from wms_connector.oracle.catalogue.entry import Entry, Part, Recovery, Who

__all__ = ["ENTRIES", "Entry", "Part", "Recovery", "Who", "explain"]

ENTRIES: Final[tuple[Entry, ...]] = (
    *debezium.ENTRIES,
    *logminer.ENTRIES,
    *database.ENTRIES,
    *network.ENTRIES,
    *network.PYTHON,
    *kafka.ENTRIES,
    *postgres.ENTRIES,
)

_CODE: Final = re.compile(r"\b(?:(ORA|TNS)-(\d{5})|(DPY|PLS)-(\d{4,5}))\b")
_LONGEST: Final = 200_000  # characters of a text that are looked through, half at either end


def explain(text: str) -> tuple[Entry, ...]:
    """Find the entries of a text, the root cause first.

    In a Java trace and in Oracle's own stack of codes the cause stands last, so what stands last
    comes first; entries that only stand around a cause come after all others. A code that is not
    in the catalogue gets an entry that leads to Oracle's page about it.
    """
    if len(text) > _LONGEST:
        text = text[: _LONGEST // 2] + "\n" + text[-_LONGEST // 2 :]
    found: dict[str, tuple[int, Entry]] = {}
    for match in _CODE.finditer(text):
        entry = _of_code(match)
        found[entry.key] = (match.start(), entry)
    lowered = text.lower()
    places = [(lowered.rfind(phrase), entry) for phrase, entry in _phrases()]
    for pattern, entry in _patterns():
        places += [(match.start(), entry) for match in pattern.finditer(lowered)]
    for place, entry in places:
        if place > found.get(entry.key, (-1, entry))[0]:
            found[entry.key] = (place, entry)
    ordered = sorted(found.values(), key=lambda hit: (hit[1].frame, -hit[0]))
    return tuple(entry for _, entry in ordered)


def _of_code(match: re.Match[str]) -> Entry:
    # The listener's TNS-12541 and the client's ORA-12541 are one and the same.
    code = f"ORA-{match[2]}" if match[1] else f"{match[3]}-{match[4]}"
    return _codes().get(code) or _unknown(code)


def _unknown(code: str) -> Entry:
    part = Part.PYTHON if code.startswith("DPY") else Part.DATABASE
    return Entry(
        code.lower(),
        part,
        "…",
        "Oracle answers with a code that this catalogue does not hold",
        f"see https://docs.oracle.com/error-help/db/{code.lower()}/",
        Who.DBA,
        codes=(code,),
    )


@cache
def _codes() -> dict[str, Entry]:
    return {code: entry for entry in ENTRIES for code in entry.codes}


@cache
def _phrases() -> tuple[tuple[str, Entry], ...]:
    return tuple((phrase, entry) for entry in ENTRIES for phrase in entry.phrases)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Entry], ...]:
    return tuple((re.compile(pattern), entry) for entry in ENTRIES for pattern in entry.patterns)
