"""docs/errors.md, printed from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.oracle.catalogue.entry import Entry, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEAD: Final = """\
# Errors

What Oracle, LogMiner, the network, Debezium, Kafka Connect, Kafka and PostgreSQL say, what it means
here, and who does what. `status`, `apply`, `wait` and `preflight` show the entry before the error
itself.
This page is printed from the catalogue (`python -m wms_connector.oracle.catalogue`); a test holds
it current.

- **Passes**: it can go away without anybody's doing.
- **Restart**: `wms-connector restart` of a FAILED task is worth trying, at the latest once the
  cause has passed. Where it says no, a restart fails in the same way until somebody has acted.

While a connection error lasts, the task stays RUNNING and the connector tries again every 10
seconds, for ever (`errors.max.retries=-1`); a task is FAILED only for what Debezium does not take
for passing. The code of a listener (`TNS-12541`) and of a client (`ORA-12541`) are one entry. Of
several errors in one trace the root cause comes first. A code that is not here leads to Oracle's
own page about it, `https://docs.oracle.com/error-help/db/ora-01291/`.
"""
_COLUMNS: Final = ("Error", "It says", "It means", "Passes", "Restart", "Who", "Next step")


def page(entries: Sequence[Entry]) -> str:
    """Write the page: a table for each part, in the catalogue's order."""
    lines = [_HEAD]
    for part in sorted({entry.part for entry in entries}, key=list(Part).index):
        lines += [f"## {part}", ""]
        lines += [_row(_COLUMNS), _row(["---"] * len(_COLUMNS))]
        lines += [_row(_cells(entry)) for entry in entries if entry.part is part]
        lines.append("")
    return "\n".join(lines)


def _cells(entry: Entry) -> list[str]:
    return [
        ", ".join(entry.codes) or entry.key,
        entry.says,
        entry.meaning,
        "yes" if entry.transient else "no",
        "yes" if entry.restart else "no",
        entry.who,
        entry.step,
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
