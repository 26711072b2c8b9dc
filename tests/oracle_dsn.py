"""`--oracle-dsn`: the tests of Oracle on a real one, set up as scripts/oracle does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from wms_connector.local.sources.external import APPLICATION, CONNECTOR
from wms_connector.local.standin import schema
from wms_connector.local.state import External
from wms_connector.oracle.address import PASSWORD_VARIABLE, OracleAddress

if TYPE_CHECKING:
    import pytest

OPTION = "--oracle-dsn"
VARIABLE = "WMS_CONNECTOR_ORACLE_DSN"
PDB_VARIABLE = "WMS_CONNECTOR_ORACLE_PDB"
APPLICATION_VARIABLE = "WMS_APP_PASSWORD"
NEEDS_STANDIN = "needs the stand-in's control: nobody purges, cuts or freezes a real Oracle here"


@dataclass(frozen=True)
class RealOracle:
    """Where the connector signs in, the pluggable database, and both users' passwords."""

    dsn: str
    pdb: str

    @property
    def external(self) -> External:
        """The addresses as `local up --oracle-dsn` takes them."""
        connector = OracleAddress.parse(self.dsn)
        host = connector.target.rpartition("/")[0]
        return External(
            connector=str(connector),
            application=f"{schema.APPLICATION}@{host}/{self.pdb}",
            pdb=self.pdb,
        )

    @property
    def passwords(self) -> dict[str, SecretStr]:
        """Both, by the names that the state folder gives them."""
        return {
            CONNECTOR: SecretStr(os.environ[PASSWORD_VARIABLE]),
            APPLICATION: SecretStr(os.environ[APPLICATION_VARIABLE]),
        }


def asked(config: pytest.Config) -> RealOracle | None:
    """The real Oracle, if one was named by the option or the environment."""
    dsn = config.getoption(OPTION) or os.environ.get(VARIABLE)
    return RealOracle(dsn, os.environ.get(PDB_VARIABLE, "FREEPDB1")) if dsn else None
