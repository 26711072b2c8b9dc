"""What a connector's user needs of a database, step by step; and how it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from wms_connector.oracle.needs import FLASHBACK_TABLE, JDBC_READ, READ_TABLE, needed
from wms_connector.oracle.script import PASSWORD, Section, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.oracle.script import Plan

QUOTA: Final = "10M"
"""Room for the flush table: one row. Its first extent takes 64 KB."""

USER_EXISTS: Final = 1920
USER_MISSING: Final = 1918
ALREADY_LOGGED: Final = 32588  # this table has that supplemental logging
NOT_LOGGED: Final = 32587
NO_TABLE: Final = 942


def set_up(plan: Plan) -> tuple[Section, ...]:
    """All that a connector's user needs, top to bottom."""
    if plan.kind == "jdbc":
        return tuple(_jdbc(plan))
    return tuple(_rds(plan) if plan.variant == "rds" else _self_managed(plan))


def undo(plan: Plan) -> tuple[Section, ...]:
    """Take back what `set_up` did, where nobody else can rely on it."""
    home = [_enter(plan.pdb)] if plan.pdb and plan.variant == "self-managed" else []
    tables = [
        Statement(
            f"ALTER TABLE {table.quoted} DROP SUPPLEMENTAL LOG DATA (ALL) COLUMNS",
            "no connector reads its full rows any more",
            (NOT_LOGGED, NO_TABLE),
        )
        for table in plan.tables
        if plan.kind == "debezium"
    ]
    user = Statement(
        f"DROP USER {plan.user.upper()} CASCADE",
        "with its grants and its flush table",
        (USER_MISSING,),
    )
    place = [_enter("CDB$ROOT")] if plan.in_root else []
    sections = [
        Section("Tables: less redo again", (*home, *tables)) if tables else None,
        Section("The user, once the connector is gone for good", (*(place or home), user)),
    ]
    if plan.kind == "debezium":
        sections.append(
            Section(
                "Left as it is, because others may rely on it: ask before you undo it",
                by_hand=(
                    "exec rdsadmin.rdsadmin_util.alter_supplemental_logging('DROP')"
                    if plan.variant == "rds"
                    else "ALTER DATABASE DROP SUPPLEMENTAL LOG DATA",
                    "ARCHIVELOG mode and the retention of archived logs",
                ),
            )
        )
    return tuple(section for section in sections if section is not None)


def _self_managed(plan: Plan) -> Iterator[Section]:
    user, containers = plan.user.upper(), plan.pdb is not None
    root = [_enter("CDB$ROOT")] if containers else []
    yield Section(
        "1. ARCHIVELOG: without it Oracle overwrites redo that was not read. If LOG_MODE of"
        " V$DATABASE is not ARCHIVELOG,\n-- do this first, by hand: it restarts the database",
        by_hand=(
            "ALTER SYSTEM SET db_recovery_file_dest_size = 100G SCOPE=BOTH -- as your disks allow",
            "SHUTDOWN IMMEDIATE",
            "STARTUP MOUNT",
            "ALTER DATABASE ARCHIVELOG",
            "ALTER DATABASE OPEN",
            f"and keep archived logs for {plan.retention_hours} hours or more, in RMAN:",
            (
                "DELETE ARCHIVELOG UNTIL TIME"
                f" 'SYSDATE - {plan.retention_hours}/24' BACKED UP 1 TIMES TO DISK"
            ),
        ),
    )
    yield Section(
        "2. Minimal supplemental logging: redo that LogMiner can put together. It waits for the"
        "\n-- transactions that are open now",
        (
            *root,
            Statement(
                "ALTER DATABASE ADD SUPPLEMENTAL LOG DATA",
                "adds a few bytes to the redo of each change",
            ),
        ),
    )
    everywhere = " CONTAINER=ALL" if containers else ""
    yield Section(
        "3. The user" + (", in the root" if containers else ""),
        (
            Statement(
                f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"{everywhere}',
                "common to all containers, because LogMiner runs in the root"
                if containers
                else "for this connector and nothing else",
                (USER_EXISTS,),
            ),
            *_grants(user, "main", containers=containers),
        ),
    )
    if plan.pdb:
        yield Section(
            f"4. The same user in {plan.pdb.upper()}, where the tables are, and in no other",
            (_enter(plan.pdb), *_grants(user, "home", containers=True), _quota(plan, user)),
        )
    else:
        yield Section("4. Room for its own table", (_quota(plan, user),))
    yield _tables(plan, user)


def _rds(plan: Plan) -> Iterator[Section]:
    user = plan.user.upper()
    hours = plan.retention_hours
    yield Section(
        "1. Archived logs: automated backups of the instance have to be on (LOG_MODE of V$DATABASE"
        " is then ARCHIVELOG)",
        (
            Statement(
                "BEGIN rdsadmin.rdsadmin_util.set_configuration("
                f"name => 'archivelog retention hours', value => '{hours}'); END;",
                f"keeps archived logs for {hours} hours, as long as the connector may be down",
            ),
        ),
    )
    yield Section(
        "2. Minimal supplemental logging: redo that LogMiner can put together",
        (
            Statement(
                "BEGIN rdsadmin.rdsadmin_util.alter_supplemental_logging(p_action => 'ADD'); END;",
                "adds a few bytes to the redo of each change",
            ),
        ),
    )
    yield Section(
        "3. The user",
        (
            Statement(
                f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"',
                "for this connector and nothing else",
                (USER_EXISTS,),
            ),
            *_grants(user, "main", containers=False),
            Statement(
                "BEGIN rdsadmin.rdsadmin_util.grant_sys_object(p_obj_name => 'DBMS_LOGMNR',"
                f" p_grantee => '{user}', p_privilege => 'EXECUTE'); END;",
                "the master user passes rights on objects of SYS on through this procedure",
            ),
            _quota(plan, user),
        ),
    )
    yield _tables(plan, user)


def _jdbc(plan: Plan) -> Iterator[Section]:
    user = plan.user.upper()
    home = [_enter(plan.pdb)] if plan.pdb and plan.variant == "self-managed" else []
    if plan.in_root:
        first = [_enter("CDB$ROOT")]
        everywhere = " CONTAINER=ALL"
    else:
        first, everywhere = home, ""
    created = Statement(
        f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"{everywhere}',
        "for this connector and nothing else",
        (USER_EXISTS,),
    )
    yield Section("1. The user", (*first, created))
    grants = [Statement(f"GRANT CREATE SESSION TO {user}", "to sign in")]
    grants += [
        Statement(f"GRANT SELECT ON {table.quoted} TO {user}", JDBC_READ) for table in plan.tables
    ]
    yield Section("2. Its grants: the tables, and nothing else", (*home, *grants))


def _grants(user: str, place: Literal["main", "home"], *, containers: bool) -> Iterator[Statement]:
    """Grants of one container; without containers, `main` has them all."""
    for need in needed(containers=containers):
        if not containers or need.place in {place, "both"}:
            yield Statement(f"GRANT {need.name} TO {user}", need.why)


def _quota(plan: Plan, user: str) -> Statement:
    space = plan.tablespace.upper()
    return Statement(
        f"ALTER USER {user} DEFAULT TABLESPACE {space} QUOTA {QUOTA} ON {space}",
        "room for that table",
    )


def _tables(plan: Plan, user: str) -> Section:
    logged = "the redo of a change then has the whole row, its key too"
    found: list[Statement] = []
    for table in plan.tables:
        found += [
            Statement(f"GRANT SELECT, FLASHBACK ON {table.quoted} TO {user}", _READ),
            Statement(
                f"ALTER TABLE {table.quoted} ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS",
                logged,
                (ALREADY_LOGGED,),
            ),
        ]
    patience = Statement(
        "ALTER SESSION SET DDL_LOCK_TIMEOUT = 60",
        "waits for transactions on the tables instead of giving up at once",
    )
    return Section("5. The tables", (patience, *found))


_READ: Final = f"{READ_TABLE}, and {FLASHBACK_TABLE.removeprefix('to read ')}"


def _enter(container: str | None) -> Statement:
    name = (container or "").upper()
    return Statement(f"ALTER SESSION SET CONTAINER = {name}", f"what follows is done in {name}")
