"""What the connector's user has to be granted, and why. Checks and the DBA's script read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.oracle.preflight.questions import Container

Place = Literal["main", "home", "both"]


@dataclass(frozen=True, slots=True)
class Need:
    """A system privilege or role.

    `place`: in the container that is signed in to (`main`), in the one with the tables (`home`),
    or in both; on a database without containers they are the same. `containers_only`: needed only
    where there are containers.
    """

    name: str
    why: str
    place: Place
    is_role: bool = False
    containers_only: bool = False

    def containers(self, home: Container) -> tuple[Container, ...]:
        """Where it is needed, with the tables in `home`."""
        if self.place == "both":
            return ("main", home) if home != "main" else ("main",)
        return (home,) if self.place == "home" else ("main",)


NEEDS: Final = (
    Need("CREATE SESSION", "to sign in", "main"),
    Need(
        "SET CONTAINER",
        "to go to the pluggable database for the snapshot and back to the root for LogMiner",
        "both",
        containers_only=True,
    ),
    Need("LOGMINING", "to start LogMiner and read what it finds", "main"),
    Need(
        "EXECUTE_CATALOG_ROLE",
        "to call DBMS_LOGMNR, which Oracle gives to nobody else",
        "main",
        is_role=True,
    ),
    Need(
        "SELECT_CATALOG_ROLE",
        "to read V$ views, and the structure of tables of other users (DBMS_METADATA)",
        "both",
        is_role=True,
    ),
    Need(
        "CREATE TABLE",
        "to make its one table, which has a row of its own changed now and then, so that Oracle"
        " writes its redo to disk",
        "home",
    ),
)
"""For Debezium. Not among them, though often listed: SELECT ANY TRANSACTION (covered by LOGMINING
since 12c), CREATE SEQUENCE (the connector makes none), SELECT, FLASHBACK and LOCK ANY TABLE (object
privileges on the captured tables do the same), and single V_$ views (the role has them all)."""

READ_TABLE: Final = "to read the rows of the first snapshot"
FLASHBACK_TABLE: Final = "to read all of them as of one SCN, so that the snapshot fits the redo"
LOCK_TABLE: Final = (
    "to keep the structure of the tables still for the moment in which the snapshot notes it"
)
JDBC_READ: Final = "to read new rows"


def needed(*, containers: bool) -> Iterator[Need]:
    """Those of a database with or without containers."""
    return (need for need in NEEDS if containers or not need.containers_only)
