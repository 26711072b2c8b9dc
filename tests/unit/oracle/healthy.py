"""Answers of a healthy database: the shapes that Oracle documents for each view."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wms_connector.model.settings import JdbcSettings
from wms_connector.model.table import Table
from wms_connector.oracle.preflight.facts import Facts, Unseen
from wms_connector.oracle.preflight.questions import HOME_VIEWS, VIEWS
from wms_connector.oracle.preflight.wanted import Wanted

if TYPE_CHECKING:
    from wms_connector.oracle.preflight.check import Check

NOW = datetime(2026, 11, 2, 12, 0, 0)  # noqa: DTZ001 - a DATE of Oracle has no zone
BASE = Table("MMDL", "PLAN_BASE_WVR_TBL")
RVSN = Table("WMS", "PLAN_WVR_RVSN_TBL")
TABLES = (BASE, RVSN)

DEBEZIUM = Wanted(
    kind="debezium",
    tables=TABLES,
    flush_table="LOG_MINING_FLUSH_MAIN",
    outage_hours=24,
    jdbc=JdbcSettings(),
    pdb="ORCLPDB1",
)
PLAIN = Wanted(
    kind="debezium",
    tables=TABLES,
    flush_table="LOG_MINING_FLUSH_MAIN",
    outage_hours=24,
    jdbc=JdbcSettings(),
)
JDBC = Wanted(
    kind="jdbc",
    tables=(RVSN,),
    flush_table="LOG_MINING_FLUSH_MAIN",
    outage_hours=24,
    jdbc=JdbcSettings(timestamp_columns=("SYS_UPD_TS",)),
)

Answers = dict[str, Any]


def ago(**duration: float) -> datetime:
    return NOW - timedelta(**duration)


def database(**changed: Any) -> dict[str, Any]:
    return {
        "NAME": "ORCLCDB",
        "CDB": "YES",
        "LOG_MODE": "ARCHIVELOG",
        "OPEN_MODE": "READ WRITE",
        "DATABASE_ROLE": "PRIMARY",
        "CURRENT_SCN": Decimal(8_000_123),
        "SUPPLEMENTAL_LOG_DATA_MIN": "YES",
        "SUPPLEMENTAL_LOG_DATA_ALL": "NO",
        **changed,
    }


def account(**changed: Any) -> dict[str, Any]:
    return {
        "USERNAME": "C##WMS",
        "ACCOUNT_STATUS": "OPEN",
        "EXPIRY_DATE": None,
        "DEFAULT_TABLESPACE": "USERS",
        "NOW": NOW,
        **changed,
    }


def archives(**changed: Any) -> dict[str, Any]:
    return {
        "OLDEST": ago(hours=72),
        "GONE": ago(hours=73),
        "DAY_BYTES": Decimal(48 << 30),
        "NOW": NOW,
        **changed,
    }


def column(table: Table, name: str, kind: str, nullable: str = "N", **rest: Any) -> dict[str, Any]:
    return {
        "OWNER": table.schema,
        "TABLE_NAME": table.name,
        "COLUMN_NAME": name,
        "DATA_TYPE": kind,
        "NULLABLE": nullable,
        "DEFAULT_LENGTH": None,
        **rest,
    }


def trigger(**changed: Any) -> dict[str, Any]:
    return {
        "TABLE_OWNER": RVSN.schema,
        "TABLE_NAME": RVSN.name,
        "TRIGGER_NAME": "SET_TIMES",
        "TRIGGERING_EVENT": "INSERT OR UPDATE",
        "STATUS": "ENABLED",
        "COLUMN_NAME": "SYS_UPD_TS",
        "COLUMN_USAGE": "NEW IN OUT",
        **changed,
    }


def _rows(column: str, *values: str) -> tuple[dict[str, Any], ...]:
    return tuple({column: value} for value in values)


def _everywhere(container: str, con_name: str) -> Answers:
    return {
        f"container@{container}": ({"CON_NAME": con_name},),
        f"privileges@{container}": _rows(
            "PRIVILEGE", "CREATE SESSION", "SET CONTAINER", "LOGMINING", "CREATE TABLE"
        ),
        f"roles@{container}": _rows("ROLE", "SELECT_CATALOG_ROLE", "EXECUTE_CATALOG_ROLE"),
        f"account@{container}": (account(),),
        f"transactions@{container}": (
            {"NUMBER_OPEN": Decimal(3), "OLDEST": ago(minutes=2), "NOW": NOW},
        ),
    }


def _tables() -> Answers:
    return {
        "tables": tuple(
            {
                "OWNER": table.schema,
                "TABLE_NAME": table.name,
                "NUM_ROWS": Decimal(50_000),
                "AVG_ROW_LEN": Decimal(200),
            }
            for table in TABLES
        ),
        "columns": tuple(
            row
            for table in TABLES
            for row in (
                column(table, "PLAN_WVR_ID", "NUMBER"),
                column(table, "SYS_UPD_TS", "TIMESTAMP(6)"),
                column(table, "SYS_ADD_TS", "DATE"),
                column(table, "APPROVED_TS", "TIMESTAMP(3)", "Y"),
            )
        ),
        "keys": tuple(
            {
                "OWNER": table.schema,
                "TABLE_NAME": table.name,
                "COLUMN_NAME": "PLAN_WVR_ID",
                "POSITION": Decimal(1),
            }
            for table in TABLES
        ),
        "grants": tuple(
            {"TABLE_SCHEMA": table.schema, "TABLE_NAME": table.name, "PRIVILEGE": privilege}
            for table in TABLES
            for privilege in ("SELECT", "FLASHBACK")
        ),
        **{f"read {table}": ({"SEEN": Decimal(1)},) for table in TABLES},
    }


def debezium() -> Answers:
    return {
        **_everywhere("main", "CDB$ROOT"),
        **_everywhere("pdb", "ORCLPDB1"),
        "entered": (),
        "version@main": (
            {"BANNER": "Oracle Database 19c Enterprise Edition Release 19.0.0.0.0 - Production"},
        ),
        "rds@main": (),
        "clock@main": (
            {
                "UTC": "2026-11-02 12:00:00.400",
                "ZONE_HOUR": Decimal(0),
                "ZONE_MINUTE": Decimal(0),
            },
        ),
        "own clock": ({"UTC": NOW},),
        "database@main": (database(),),
        "pdbs@main": ({"NAME": "ORCLPDB1", "OPEN_MODE": "READ WRITE"},),
        "destinations@main": (
            {"DEST_NAME": "LOG_ARCHIVE_DEST_1", "STATUS": "VALID", "TYPE": "LOCAL"},
            {"DEST_NAME": "LOG_ARCHIVE_DEST_2", "STATUS": "INACTIVE", "TYPE": "LOCAL"},
        ),
        "archives@main": (archives(),),
        "logs@main": tuple(
            {"GROUP#": Decimal(group), "THREAD#": Decimal(1), "BYTES": Decimal(1 << 30),
             "STATUS": "INACTIVE"}
            for group in (1, 2, 3)
        ),
        "switches@main": tuple(
            {"THREAD#": Decimal(1), "FIRST_TIME": ago(hours=hours)} for hours in range(1, 24)
        ),
        "undo@pdb": ({"VALUE": "900"},),
        "threads@main": (
            {"THREAD#": Decimal(1), "STATUS": "OPEN", "ENABLED": "PUBLIC"},
            {"THREAD#": Decimal(2), "STATUS": "CLOSED", "ENABLED": "DISABLED"},
        ),
        "catalogue@main": (
            {"TABLE_NAME": "DBMS_LOGMNR", "PRIVILEGE": "EXECUTE"},
            {"TABLE_NAME": "V_$LOGMNR_CONTENTS", "PRIVILEGE": "SELECT"},
        ),
        **{f"{view}@main": ({"SEEN": Decimal(1)},) for view in VIEWS},
        **{f"{view}@pdb": ({"SEEN": Decimal(1)},) for view in HOME_VIEWS},
        **_tables(),
        **{f"flashback {table}": ({"SEEN": Decimal(1)},) for table in TABLES},
        "log groups": tuple(
            {
                "OWNER": table.schema,
                "TABLE_NAME": table.name,
                "LOG_GROUP_TYPE": "ALL COLUMN LOGGING",
            }
            for table in TABLES
        ),
        "flush table": (),
        "quotas@pdb": (
            {"TABLESPACE_NAME": "USERS", "BYTES": Decimal(0), "MAX_BYTES": Decimal(10 << 20)},
        ),
    }  # fmt: skip


def plain() -> Answers:
    """The same without containers."""
    answers = debezium()
    for name in ("quotas", "undo", *HOME_VIEWS):
        answers[f"{name}@main"] = answers[f"{name}@pdb"]
    return {
        **{name: rows for name, rows in answers.items() if not name.endswith("@pdb")},
        "database@main": (database(CDB="NO"),),
        "container@main": ({"CON_NAME": "ORCL"},),
        "pdbs@main": (),
    }


def jdbc() -> Answers:
    answers = debezium()
    kept = ("version", "rds", "clock", "own", "account@main", "container@main")
    return {
        **{name: rows for name, rows in answers.items() if name.startswith(kept)},
        **_tables(),
        "indexes": (
            {
                "TABLE_OWNER": RVSN.schema,
                "TABLE_NAME": RVSN.name,
                "COLUMN_NAME": "SYS_UPD_TS",
                "COLUMN_POSITION": Decimal(1),
            },
        ),
        "triggers": (trigger(),),
    }


HIDDEN = Unseen("ORA-00942: table or view does not exist", "ORA-00942")


def facts(answers: Answers, **changed: Any) -> Facts:
    """Facts with some answers exchanged; `__` in a name stands for what Python does not allow."""
    return Facts({**answers, **changed})


def of(checks: tuple[Check, ...], name: str, subject: object = None) -> Check:
    """The check of that name, and of that subject if one is given."""
    found = [
        check
        for check in checks
        if check.name == name and (subject is None or check.subject == str(subject))
    ]
    assert found, name
    return found[0]
