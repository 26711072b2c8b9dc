"""Redo, archived logs, undo and open transactions: what decides whether changes can be lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wms_connector.oracle.preflight.amounts import bytes_shown, hours_shown
from wms_connector.oracle.preflight.check import Finding, Rule, failed, passed, undecided, warned
from wms_connector.oracle.preflight.database_checks import is_rds
from wms_connector.oracle.preflight.facts import Unseen, UnseenError, moment, number, text
from wms_connector.oracle.preflight.snapshot import estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.wanted import Wanted

SWITCHES_AN_HOUR: Final = 6
"""More than this in an hour, and LogMiner starts anew more often than it reads."""
LONG_TRANSACTION: Final = timedelta(hours=1)
"""Older than this, and it holds the restart point back noticeably."""


def rules(_: Wanted) -> Iterator[Rule]:
    """Give those of LogMiner."""
    yield Rule(
        "archivelog",
        "database",
        "without it Oracle overwrites redo that was not read yet, and changes are lost",
        "Section 1 of `preflight --sql`; it restarts the database",
        _archivelog,
    )
    yield Rule(
        "supplemental-minimal",
        "database",
        "without it LogMiner cannot put rows and transactions together",
        "ALTER DATABASE ADD SUPPLEMENTAL LOG DATA",
        _minimal,
    )
    yield Rule(
        "archive-destination",
        "database",
        "the connector reads one destination; of several it takes any, also the one purged first",
        "Leave one that is VALID and LOCAL, or ask for `archive.destination.name`",
        _destination,
    )
    yield Rule(
        "archive-retention",
        "database",
        "a connector that was down for longer than logs are kept can only start over",
        "Keep archived logs longer, in RMAN's deletion or in the recovery area's size",
        _retention,
    )
    yield Rule(
        "redo-logs",
        "database",
        "logs that switch too often make LogMiner start anew again and again",
        "Make the online redo logs larger",
        _switches,
    )
    yield Rule(
        "undo-retention",
        "database",
        "the first snapshot reads all rows as of one SCN; undo that is gone ends it (ORA-01555)",
        "ALTER SYSTEM SET undo_retention to more than the snapshot takes, where the tables are",
        _undo,
    )
    yield Rule(
        "open-transactions",
        "database",
        "the restart point cannot pass the start of the oldest open transaction",
        "Find who left it open: V$TRANSACTION with V$SESSION",
        _transactions,
    )


def _archivelog(facts: Facts, _: Wanted) -> Finding:
    mode = text(facts.row("database@main"), "LOG_MODE")
    if mode == "ARCHIVELOG":
        return passed(mode)
    return failed(mode, _on_rds(facts, "Turn automated backups of the instance on"))


def _on_rds(facts: Facts, mend: str) -> str | None:
    try:
        return mend if is_rds(facts) else None
    except UnseenError:
        return None


def _minimal(facts: Facts, _: Wanted) -> Finding:
    level = text(facts.row("database@main"), "SUPPLEMENTAL_LOG_DATA_MIN")
    # IMPLICIT: it follows from logging of keys or all columns of the whole database.
    if level in {"YES", "IMPLICIT"}:
        return passed(level)
    return failed(
        level, _on_rds(facts, "exec rdsadmin.rdsadmin_util.alter_supplemental_logging('ADD')")
    )


def _destination(facts: Facts, _: Wanted) -> Finding:
    names = [
        text(row, "DEST_NAME")
        for row in facts.rows("destinations@main")
        if (text(row, "STATUS"), text(row, "TYPE")) == ("VALID", "LOCAL")
    ]
    if not names:
        return failed("none is VALID and LOCAL")
    return passed(names[0]) if len(names) == 1 else warned(", ".join(names))


def _retention(facts: Facts, wanted: Wanted) -> Finding:
    row = facts.row("archives@main")
    needed = timedelta(hours=wanted.outage_hours)
    if row["OLDEST"] is None:
        return undecided("no archived log is visible yet", "Look again after some log switches")
    now = moment(row, "NOW")
    kept = now - moment(row, "OLDEST")
    found = f"{hours_shown(kept)} back{_volume(facts)}; {hours_shown(needed)} are to be survived"
    if row["GONE"] is not None and now - moment(row, "GONE") < needed:
        return failed(
            f"logs of {hours_shown(now - moment(row, 'GONE'))} ago are purged already; {found}",
            _on_rds(
                facts,
                "exec rdsadmin.rdsadmin_util.set_configuration('archivelog retention hours',"
                f" {wanted.outage_hours}), then COMMIT",
            ),
        )
    if kept < needed:
        return warned(
            f"{found}: too few are there to tell how long they are kept",
            "Look again when the database has run that long",
        )
    return passed(found)


def _volume(facts: Facts) -> str:
    size = facts.row("archives@main")["DAY_BYTES"]
    return "" if size is None else f", {bytes_shown(int(size))} in the last day"


def _switches(facts: Facts, _: Wanted) -> Finding:
    smallest = min((number(row, "BYTES") for row in facts.rows("logs@main")), default=None)
    if smallest is None:
        return undecided("no redo log is visible")
    hours = Counter(
        (row["THREAD#"], moment(row, "FIRST_TIME").replace(minute=0, second=0, microsecond=0))
        for row in facts.rows("switches@main")
    )
    busiest = max(hours.values(), default=0)
    average = sum(hours.values()) / 24
    count = len(facts.rows("logs@main"))
    found = (
        f"{count} log{'s' if count > 1 else ''} of {bytes_shown(smallest)} or more, "
        f"{average:.1f} switches an hour in the last day, {busiest} in the busiest"
    )
    return passed(found) if busiest <= SWITCHES_AN_HOUR else warned(found)


def _undo(facts: Facts, wanted: Wanted) -> Finding:
    rows = facts.rows(f"undo@{wanted.home}")
    if not rows:
        return undecided("V$PARAMETER does not show undo_retention")
    kept = timedelta(seconds=number(rows[0], "VALUE"))
    guess = estimate(facts, wanted)
    found = f"{hours_shown(kept)}, and the snapshot may take {hours_shown(guess.duration)}"
    return passed(found) if guess.duration <= kept else warned(found)


def _transactions(facts: Facts, wanted: Wanted) -> Finding:
    """Look from where the tables are: elsewhere a user may see only a part of them."""
    asked = f"transactions@{wanted.home}"
    answer = facts.answer(asked)
    if isinstance(answer, Unseen):
        raise UnseenError(answer)
    row = facts.row(asked)
    if row["OLDEST"] is None:
        return passed("none")
    age = moment(row, "NOW") - moment(row, "OLDEST")
    found = f"{number(row, 'NUMBER_OPEN')} open, the oldest for {hours_shown(age)}"
    return passed(found) if age < LONG_TRANSACTION else warned(found)
