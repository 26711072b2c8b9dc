"""The DBA's script as values: what it is made for, and its statements under their headings.

The script is idempotent: it can be run again, also after tables were added. It asks for the
password and never holds one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from wms_connector.oracle.errors import AddressError
from wms_connector.oracle.identifier import identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from wms_connector.model.table import Table

Variant = Literal["self-managed", "rds"]

PASSWORD: Final = "&password"  # noqa: S105 - SQL*Plus puts in what it asked for


@dataclass(frozen=True, slots=True)
class Plan:
    """What the script is made for.

    `pdb`: the pluggable database that holds the tables; None on a database without containers.
    """

    user: str
    tables: tuple[Table, ...]
    kind: Literal["debezium", "jdbc"] = "debezium"
    variant: Variant = "self-managed"
    pdb: str | None = None
    tablespace: str = "USERS"
    retention_hours: int = 24

    def __post_init__(self) -> None:
        identifier(self.user, "user")
        identifier(self.tablespace, "tablespace")
        if self.pdb is not None:
            identifier(self.pdb, "pluggable database")
        if self.user.upper().startswith("C##") and not self.in_root:
            raise AddressError(
                f"{self.user} would be a common user, which this database cannot have",
                hint="Name the pluggable database with --pdb, or another user with --user",
            )
        if self.variant == "rds" and self.kind == "debezium" and self.pdb is not None:
            raise AddressError(
                "on Amazon RDS nobody can sign in to the root, where LogMiner runs",
                hint="Use an instance without containers, or the kind jdbc",
            )
        if self.in_root and self.kind == "debezium" and not self.user.upper().startswith("C##"):
            raise AddressError(
                f"{self.user} cannot sign in to the root, where LogMiner runs",
                hint="Name a common user with --user, for example C##WMS",
            )

    @property
    def in_root(self) -> bool:
        """Whether the user is made in the root of a container database."""
        common = self.kind == "debezium" or self.user.upper().startswith("C##")
        return self.pdb is not None and self.variant == "self-managed" and common


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its terminator; `already` are the ORA numbers that mean it is done."""

    sql: str
    why: str
    already: tuple[int, ...] = ()

    def text(self, password: str = PASSWORD) -> str:
        """The statement as it is sent: as it stands, or in the block that lets `already` pass."""
        sql = self.sql.replace(PASSWORD, password)
        if not self.already:
            return sql
        numbers = ", ".join(f"-{number}" for number in self.already)
        body = sql.replace("'", "''")
        return (
            f"BEGIN EXECUTE IMMEDIATE '{body}'; EXCEPTION WHEN OTHERS THEN"
            f" IF SQLCODE NOT IN ({numbers}) THEN RAISE; END IF; END;"
        )

    @property
    def is_block(self) -> bool:
        """Whether SQL*Plus wants a line with `/` after it instead of a semicolon."""
        return self.text().upper().startswith("BEGIN")


@dataclass(frozen=True, slots=True)
class Section:
    """Statements that belong together, under a heading. `by_hand`: printed as comments only."""

    heading: str
    statements: tuple[Statement, ...] = ()
    by_hand: tuple[str, ...] = ()


def statements(sections: Sequence[Section], password: SecretStr | None = None) -> list[str]:
    """The statements for a program that sends them one by one, signed in as the DBA.

    Raises AddressError for a password with a quote in it, which no script could hold.
    """
    plain = password.get_secret_value() if password else PASSWORD
    if set(plain) & {'"', "'"}:
        raise AddressError("the password holds a quote", hint="Choose one without ' and \"")
    return [statement.text(plain) for section in sections for statement in section.statements]
