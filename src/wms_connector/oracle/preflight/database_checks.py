"""The database as a whole: the way in, version, containers, role, account, threads, clock."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wms_connector.oracle.preflight.check import Finding, Rule, failed, passed, undecided, warned
from wms_connector.oracle.preflight.facts import Unseen, moment, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.oracle.preflight.facts import Facts
    from wms_connector.oracle.preflight.wanted import Wanted

ROOT: Final = "CDB$ROOT"
OLDEST: Final = 12  # LOGMINING and common users came with it
TESTED: Final = 19  # the oldest release that Debezium names as tested
EXPIRY_DAYS: Final = 30  # time enough to rotate a password without haste

_RELEASE: Final = re.compile(r"Release (\d+)")


def rules(wanted: Wanted) -> Iterator[Rule]:
    """Give those that hold for the kind of connector."""
    yield Rule(
        "log-in",
        "user",
        "an account that expires or is locked stops the connector",
        "Set a new password, put it into the secret, and replace the workers: they read it once",
        _log_in,
    )
    yield Rule(
        "version",
        "database",
        f"the connector is tested with Oracle {TESTED} and later",
        f"Upgrade to {TESTED} or later",
        _version,
    )
    yield Rule(
        "platform",
        "database",
        "on Amazon RDS retention, supplemental logging and grants go through rdsadmin",
        "Run `preflight --sql --variant rds`",
        _platform,
    )
    yield Rule(
        "time-zone",
        "database",
        "times without a zone are taken as they stand",
        "Set db_timezone under [jdbc] to the zone in which the database writes its times",
        _time_zone,
    )
    if wanted.kind == "jdbc":
        return
    yield Rule(
        "containers",
        "database",
        "LogMiner runs in the root of a container database, the tables are in a pluggable one",
        "Put the container database into dbInfo as dbname, and the pluggable one as pdb",
        _containers,
    )
    yield Rule(
        "open",
        "database",
        "the connector keeps a table of its own, and reads redo where it is written",
        "Point the connector at the primary, opened READ WRITE; see docs/oracle.md for standbys",
        _open,
    )
    yield Rule(
        "redo-threads",
        "database",
        "with RAC, redo comes from each instance, and each has to be made to write it to disk",
        "See docs/oracle.md: an `rac.nodes` list is needed, which the pipeline file does not give",
        _threads,
    )


def _log_in(facts: Facts, _: Wanted) -> Finding:
    row = facts.row("account@main")
    user, status = text(row, "USERNAME"), text(row, "ACCOUNT_STATUS")
    if row["EXPIRY_DATE"] is None:
        return passed(f"{user}, {status}") if status == "OPEN" else warned(f"{user} is {status}")
    days = (moment(row, "EXPIRY_DATE") - moment(row, "NOW")) // timedelta(days=1)
    found = f"{user}, {status}, password expires in {days} days"
    return passed(found) if status == "OPEN" and days >= EXPIRY_DAYS else warned(found)


def _version(facts: Facts, _: Wanted) -> Finding:
    banner = text(facts.row("version@main"), "BANNER")
    release = _RELEASE.search(banner)
    if release is None:
        return undecided(banner)
    major = int(release[1])
    if major < OLDEST:
        return failed(banner)
    return passed(banner) if major >= TESTED else warned(banner)


def _platform(facts: Facts, _: Wanted) -> Finding:
    return passed("Amazon RDS" if is_rds(facts) else "self-managed")


def is_rds(facts: Facts) -> bool:
    """Whether the database is one of Amazon RDS; raises UnseenError."""
    return bool(facts.rows("rds@main"))


def _time_zone(facts: Facts, wanted: Wanted) -> Finding:
    row = facts.row("clock@main")
    hour, minute = number(row, "ZONE_HOUR"), number(row, "ZONE_MINUTE")
    offset = timedelta(hours=hour, minutes=minute)
    sign = "-" if offset < timedelta(0) else "+"
    shown = f"{sign}{abs(hour):02d}:{abs(minute):02d}"
    found = f"the database's clock is at UTC{shown}"
    if wanted.kind == "debezium":
        return passed(found)
    return _same_zone(facts, wanted.jdbc.db_timezone, offset, found)


def _same_zone(facts: Facts, zone: str, offset: timedelta, found: str) -> Finding:
    try:
        info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return undecided(f"{found}; db_timezone {zone} is not known on this machine")
    now = moment(facts.row("own clock"), "UTC").replace(tzinfo=UTC)
    expected = now.astimezone(info).utcoffset()
    if expected == offset:
        return passed(f"{found}, as db_timezone {zone} is now")
    return failed(
        f"{found}, and db_timezone {zone} is at another: with it the delay guard is off, "
        "or rows come hours late"
    )


def _containers(facts: Facts, wanted: Wanted) -> Finding:
    is_cdb = text(facts.row("database@main"), "CDB") == "YES"
    if not is_cdb and wanted.pdb:
        return failed(
            f"a database without containers, and {wanted.pdb} is asked for",
            "Leave pdb out of dbInfo",
        )
    if not is_cdb:
        return passed("a database without containers")
    name = text(facts.row("container@main"), "CON_NAME")
    if name != ROOT:
        return failed(f"signed in to {name}, not to the root")
    if not wanted.pdb:
        return failed("a container database, and no pluggable one is named")
    return _pluggable(facts, wanted.pdb)


def _pluggable(facts: Facts, pdb: str) -> Finding:
    entered = facts.answer("entered")
    if isinstance(entered, Unseen):
        return failed(
            f"{pdb} cannot be entered: {entered.reason}",
            entered.mend or f"Grant SET CONTAINER in {pdb} to the user",
        )
    modes = {text(row, "NAME"): text(row, "OPEN_MODE") for row in facts.rows("pdbs@main")}
    if pdb not in modes:
        # V$PDBS shows a common user the containers of its CONTAINER_DATA alone.
        return passed(f"root, and {pdb} can be entered")
    found = f"root, with {pdb} {modes[pdb]}"
    return passed(found) if modes[pdb] == "READ WRITE" else failed(found)


def _open(facts: Facts, _: Wanted) -> Finding:
    row = facts.row("database@main")
    role, mode = text(row, "DATABASE_ROLE"), text(row, "OPEN_MODE")
    right = role == "PRIMARY" and mode == "READ WRITE"
    found = f"{role}, {mode}"
    return passed(found) if right else failed(found)


def _threads(facts: Facts, _: Wanted) -> Finding:
    threads = facts.rows("threads@main")
    opened = [row for row in threads if text(row, "STATUS") == "OPEN"]
    if not opened:
        return undecided("no open redo thread is visible")
    private = [number(row, "THREAD#") for row in opened if text(row, "ENABLED") == "PRIVATE"]
    if private:
        return failed(
            f"thread {', '.join(map(str, private))} is PRIVATE: its changes are skipped",
            "Make it PUBLIC before the connector's first snapshot",
        )
    if len(opened) > 1:
        return failed(f"{len(opened)} open threads: RAC")
    return passed("one open thread")
