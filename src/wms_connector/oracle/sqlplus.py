"""The DBA's script as a file for SQL*Plus or SQLcl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.oracle.setup import set_up, undo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wms_connector.oracle.script import Plan, Section


def sql_plus(plan: Plan, *, undoing: bool = False) -> str:
    """The whole script for SQL*Plus or SQLcl."""
    sections = undo(plan) if undoing else set_up(plan)
    return "\n".join([*_head(plan, undoing=undoing), *_lines(sections), "EXIT SUCCESS", ""])


def _head(plan: Plan, *, undoing: bool) -> Iterator[str]:
    where = _where(plan)
    what = "Takes back what the set-up of" if undoing else "Sets up"
    yield f"-- {what} the user {plan.user.upper()} for the {plan.kind} connector."
    yield f"-- Run it with SQL*Plus or SQLcl, signed in {where}."
    yield "-- It can be run again at any time, and stops at the first error."
    yield "WHENEVER SQLERROR EXIT FAILURE ROLLBACK"
    yield "WHENEVER OSERROR EXIT FAILURE"
    yield "SET DEFINE '&' VERIFY OFF ECHO OFF FEEDBACK ON SQLBLANKLINES ON"
    if not undoing:
        yield ""
        yield f"-- The password is for a new {plan.user.upper()}; of one that is there it is not"
        yield "-- changed, so type anything. Without quotes, ampersands and semicolons."
        yield f"ACCEPT password CHAR PROMPT 'Password of {plan.user.upper()}: ' HIDE"


def _where(plan: Plan) -> str:
    if plan.variant == "rds":
        return "as the master user of the instance"
    if plan.pdb is None:
        return "as SYS (AS SYSDBA), to a database without containers"
    return f"as SYS (AS SYSDBA), to the container database that has {plan.pdb.upper()}"


def _lines(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        yield ""
        yield f"-- {section.heading}"
        for line in section.by_hand:
            yield f"--   {line}"
        for statement in section.statements:
            yield ""
            yield f"-- {statement.why}"
            if statement.is_block:
                yield statement.text().replace("; EXCEPTION", ";\nEXCEPTION")
                yield "/"
            else:
                yield f"{statement.text()};"
    yield ""
