"""Users and tables of the laptop's Oracle: what a DBA and the warehouse have done before."""

from __future__ import annotations

import contextlib
import re
from importlib import resources
from typing import TYPE_CHECKING, Final

from wms_connector.local.errors import StartError
from wms_connector.oracle.errors import OracleFailure
from wms_connector.oracle.script import Plan
from wms_connector.oracle.script import statements as script
from wms_connector.oracle.setup import set_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pydantic import SecretStr

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.table import Table
    from wms_connector.oracle.database import Database

CONNECTOR: Final = "C##WMS"
APPLICATION: Final = "WMS_APP"
OWNERS: Final = ("MMDL", "WMS")
TABLES: Final = "wms_oracle.sql"

_THERE: Final = frozenset({"ORA-00955", "ORA-01920", "ORA-32588"})
"""Name used by an object, name of a user, supplemental logging: what was made before a crash."""

_COMMENT: Final = re.compile(r"^\s*--.*$", re.MULTILINE)
_BLOCK: Final = re.compile(
    r"\s*(BEGIN|DECLARE|CREATE\s+(OR\s+REPLACE\s+)?(TRIGGER|FUNCTION|PROCEDURE|PACKAGE|TYPE))\b",
    re.IGNORECASE,
)


def make_users(database: Database, passwords: Mapping[str, SecretStr]) -> None:
    """Make the owners of the tables and the application, unless they are there."""
    for user in (*OWNERS, APPLICATION):
        word = passwords[user].get_secret_value()
        _run(database, f'CREATE USER {user} IDENTIFIED BY "{word}" DEFAULT TABLESPACE USERS')
        _run(database, f"ALTER USER {user} QUOTA UNLIMITED ON USERS")
        _run(database, f"GRANT CREATE SESSION, CREATE TABLE TO {user}")
    # The audit reads one state of the database, and asks where the redo stands.
    _run(database, f"GRANT FLASHBACK ANY TABLE, SELECT ANY TABLE TO {APPLICATION}")
    _run(database, f"GRANT SELECT_CATALOG_ROLE TO {APPLICATION}")


def make_tables(database: Database) -> None:
    """Make the tables of WMS unless they are there, and let the application write them."""
    text = resources.files("wms_connector.local").joinpath(TABLES).read_text("utf-8")
    for owner in OWNERS:
        for statement in statements(text.replace("&owner.", owner)):
            _run(database, statement)


def admit_connector(
    database: Database, pipeline: Pipeline, password: SecretStr, *, pdb: str
) -> None:
    """Run what a DBA runs for the connector: the script of `preflight --sql`."""
    plan = Plan(user=CONNECTOR, tables=pipeline.captured, pdb=pdb)
    with _telling("the script for the DBA"):
        for statement in script(set_up(plan), password):
            database.execute(statement)


def run_file(database: Database, file: Path) -> None:
    """Run a SQL file of the user's, statement by statement; raises StartError with what failed."""
    with _telling(str(file)):
        for statement in statements(file.read_text(encoding="utf-8")):
            database.execute(statement)
        database.commit()


def statements(text: str) -> list[str]:
    """Split a script as SQL*Plus does.

    A statement ends with `;` at the end of a line, or `/` on one of its own; a block of PL/SQL, in
    which there are many semicolons, only with the latter.
    """
    found, lines = [], list[str]()

    def end() -> None:
        if statement := "\n".join(lines).strip():
            found.append(statement)
        lines.clear()

    for line in _COMMENT.sub("", text).splitlines():
        if line.strip() == "/":
            end()
            continue
        lines.append(line)
        if line.rstrip().endswith(";") and not _BLOCK.match("\n".join(lines)):
            lines[-1] = line.rstrip()[:-1]
            end()
    end()
    return found


def missing(database: Database, tables: Iterable[Table]) -> tuple[Table, ...]:
    """Give those of the tables that a session does not see."""
    return tuple(table for table in tables if not _exists(database, table))


def log_all_columns(database: Database, tables: Iterable[Table]) -> None:
    """Add supplemental logging of all columns to tables that have none."""
    for table in tables:
        found = database.scalar(
            "SELECT COUNT(*) FROM ALL_LOG_GROUPS WHERE OWNER = :owner AND TABLE_NAME = :name"
            " AND LOG_GROUP_TYPE = 'ALL COLUMN LOGGING'",
            owner=table.schema,
            name=table.name,
        )
        if not found:
            _run(database, f"ALTER TABLE {table.quoted} ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS")


def _exists(database: Database, table: Table) -> bool:
    found = database.scalar(
        "SELECT COUNT(*) FROM ALL_TABLES WHERE OWNER = :owner AND TABLE_NAME = :name",
        owner=table.schema,
        name=table.name,
    )
    return bool(found)


def _run(database: Database, statement: str) -> None:
    try:
        database.execute(statement)
    except OracleFailure as failure:
        if failure.code not in _THERE:
            raise


@contextlib.contextmanager
def _telling(what: str) -> Iterator[None]:
    try:
        yield
    except (OracleFailure, OSError) as error:
        told = error.text if isinstance(error, OracleFailure) else error.strerror
        raise StartError(f"{what} did not run: {told}", hint="Mend it, then try again") from None
