"""How to sign in to an Oracle or its stand-in, and the laptop's own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from wms_connector.oracle.address import STANDIN, OracleAddress

if TYPE_CHECKING:
    from typing import Self

    from wms_connector.local.control import LocalControl
    from wms_connector.oracle.database import Database

_THIN: Final = "jdbc:oracle:thin:@"


@dataclass(frozen=True)
class SignIn:
    """Address and password; `pdb` where a pluggable database is known."""

    address: OracleAddress
    password: SecretStr
    pdb: str | None = None

    @classmethod
    def of_laptop(cls, control: LocalControl) -> Self | None:
        """As the laptop's own connector does: to the container database where there is one.

        None where the laptop's database is PostgreSQL. Raises NotRunningError without a runtime.
        """
        from wms_connector.local.sources import source_of
        from wms_connector.model.environment import Env

        state = control.recorded()
        source = source_of(state)
        if source.name != "oracle":
            return None
        env = source.worker_environment(control.folder, state)
        user, password = env[Env.DB_USER.value], SecretStr(env[Env.DB_PASSWORD.value])
        dsn = source.dsn(control.folder, state)
        if dsn.startswith(STANDIN):
            door = OracleAddress.parse(dsn).target.partition("/")[0]
            address = OracleAddress(user, f"{door}/{env[Env.DB_NAME.value]}", is_standin=True)
        else:
            url = env[Env.DB_URL.value]
            address = OracleAddress(user, url.removeprefix(_THIN).removeprefix("//"))
        return cls(address, password, env.get(Env.DB_PDB.value))

    def open(self) -> Database:
        """Sign in; raises OracleFailure."""
        if self.address.is_standin:
            from wms_connector.local.standin.control import open_standin

            return open_standin(self.address, self.password)
        from wms_connector.oracle.driver import open_oracle

        return open_oracle(self.address, self.password)

    def inside(self, *, seconds: float) -> Database:
        """Sign in and go into the pluggable database, if one is known; `seconds` for a statement.

        The root does not show a common user the transactions of the pluggable database.
        Raises OracleFailure.
        """
        from wms_connector.oracle.identifier import identifier

        opened = self.open()
        opened.limit(seconds)
        if self.pdb is not None:
            name = identifier(self.pdb, "pluggable database")
            opened.execute(f"ALTER SESSION SET CONTAINER = {name}")
        return opened
