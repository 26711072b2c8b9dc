"""Which keys the database's secret has: all that a configuration depends on of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DatabaseShape:
    """The form of `dbInfo`; the values stay in the worker's environment.

    `pdb`: the tables are in a pluggable database, named by `DB_PDB`. `url`: the secret has a
    whole JDBC URL (`DB_URL`), which then replaces host and port.
    """

    vendor: Literal["oracle", "postgres"] = "oracle"
    pdb: bool = False
    url: bool = False
