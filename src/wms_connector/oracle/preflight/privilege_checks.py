"""Each privilege and role by itself, with what it is for. Only the dictionary is asked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wms_connector.oracle.needs import NEEDS, Need
from wms_connector.oracle.preflight.check import Finding, Rule, failed, passed
from wms_connector.oracle.preflight.facts import Unseen, UnseenError, text
from wms_connector.oracle.preflight.questions import CONTENTS, HOME_VIEWS, VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.questions import Container
    from wms_connector.oracle.preflight.wanted import Wanted


def rules(wanted: Wanted) -> Iterator[Rule]:
    """Give one for each privilege in each container, and for each view."""
    for need in NEEDS:
        if need.containers_only and not wanted.pdb:
            continue
        for container in need.containers(wanted.home):
            where = wanted.pdb if container == "pdb" else ("the root" if wanted.pdb else None)
            grant = f"GRANT {need.name} TO the user" + (f", signed in to {where}" if where else "")
            yield Rule(
                f"{'role' if need.is_role else 'privilege'} {need.name}",
                where or "user",
                f"needed {need.why}",
                grant,
                partial(_held, need, container),
            )
    read: tuple[tuple[Container, dict[str, str]], ...] = (
        ("main", VIEWS),
        (wanted.home, HOME_VIEWS),
    )
    for container, views in read if wanted.pdb else (("main", VIEWS | HOME_VIEWS),):
        where = wanted.pdb if container == "pdb" else None
        for view, why in views.items():
            yield Rule(
                f"view {view}",
                where or "user",
                f"the connector reads there {why}",
                "GRANT SELECT_CATALOG_ROLE TO the user" + (f", in {where}" if where else ""),
                partial(_readable, f"{view}@{container}"),
            )
    yield Rule(
        "view V$LOGMNR_CONTENTS",
        "user",
        "the connector reads there the changes themselves",
        "GRANT SELECT_CATALOG_ROLE TO the user",
        _contents,
    )


def _held(need: Need, container: Container, facts: Facts, wanted: Wanted) -> Finding:
    if need.is_role:
        held = _names(facts, f"roles@{container}", "ROLE")
    else:
        held = _names(facts, f"privileges@{container}", "PRIVILEGE")
    if need.name in held:
        return passed("granted")
    if need.name == "EXECUTE_CATALOG_ROLE" and _may_execute(facts):
        return passed("EXECUTE on DBMS_LOGMNR is granted by itself")
    if need.name == "CREATE TABLE" and facts.rows("flush table"):
        return passed(f"not granted, and {wanted.flush_table} is there already")
    return failed("not granted")


def _names(facts: Facts, question: str, column: str) -> set[str]:
    """Every session has at least one privilege or role; none at all is a view that hides them."""
    rows = facts.rows(question)
    return {text(row, column) for row in rows}


def _may_execute(facts: Facts) -> bool:
    return any(
        (text(row, "TABLE_NAME"), text(row, "PRIVILEGE")) == ("DBMS_LOGMNR", "EXECUTE")
        for row in facts.rows("catalogue@main")
    )


def _readable(question: str, facts: Facts, _: Wanted) -> Finding:
    answer = facts.answer(question)
    if isinstance(answer, Unseen):
        if answer.is_denied:
            return failed(f"denied: {answer.reason}")
        raise UnseenError(answer)
    return passed("readable")


def _contents(facts: Facts, _: Wanted) -> Finding:
    granted = {
        (text(row, "TABLE_NAME"), text(row, "PRIVILEGE")) for row in facts.rows("catalogue@main")
    }
    if granted & {(CONTENTS, "SELECT"), (CONTENTS, "READ")}:
        return passed("granted")
    if "SELECT ANY DICTIONARY" in _names(facts, "privileges@main", "PRIVILEGE"):
        return passed("granted with SELECT ANY DICTIONARY")
    if "SELECT_CATALOG_ROLE" in _names(facts, "roles@main", "ROLE"):
        # The role has it, although ALL_TAB_PRIVS does not say so to everybody.
        return passed("granted with SELECT_CATALOG_ROLE")
    return failed("not granted")
