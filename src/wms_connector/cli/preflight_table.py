"""The checks of `preflight` as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from wms_connector.oracle.preflight.check import Check

_STYLES: Final = {"pass": "green", "warn": "yellow", "fail": "bold red", "unknown": "magenta"}


def table(checks: tuple[Check, ...]) -> Table:
    """Lay the checks out; what has to be mended says how."""
    made = Table(box=None, pad_edge=False, show_edge=False)
    made.add_column("")
    made.add_column("check", style="bold")
    made.add_column("of", overflow="fold")
    made.add_column("found", overflow="fold", ratio=2)
    made.add_column("why it matters, how to mend it", overflow="fold", ratio=3)
    for check in checks:
        reason = Text(check.why, style="dim")
        if check.mend is not None:
            reason = Text(check.why).append(f"\n→ {check.mend}", style="bold")
        verdict = Text(check.verdict.value, style=_STYLES[check.verdict.value])
        made.add_row(verdict, Text(check.name), Text(check.subject), Text(check.found), reason)
    return made
