"""An Oracle database of the user's, as a source: nothing in it is started, changed or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.shape import DatabaseShape
from wms_connector.local.errors import LocalError
from wms_connector.local.lock import Purpose
from wms_connector.local.standin import schema
from wms_connector.model.environment import Env
from wms_connector.oracle.address import OracleAddress
from wms_connector.oracle.driver import open_oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pydantic import SecretStr

    from wms_connector.local.sources.interface import Filling, Ground
    from wms_connector.local.state import External, Launch, SourceName, State, StateFolder
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.table import Table
    from wms_connector.oracle.database import Database

CONNECTOR: Final = "oracle-connector"
APPLICATION: Final = "oracle-application"
"""Names of the passwords in the state folder."""


class ExternalSource:
    """An Oracle that is there already. `connect` opens a session."""

    name: Final[SourceName] = "oracle"
    part: Final = None
    plugin: Final = Purpose.ORACLE

    def __init__(
        self,
        external: External,
        connect: Callable[[OracleAddress, SecretStr], Database] = open_oracle,
    ) -> None:
        self._external = external
        self._connector = OracleAddress.parse(external.connector)
        self._connect = connect

    @property
    def title(self) -> str:
        """Tell whose it is."""
        return f"your Oracle at {self._connector.target}"

    @property
    def shape(self) -> DatabaseShape:
        """A whole URL, and a pluggable database if one was named."""
        return DatabaseShape(vendor="oracle", pdb=self._external.pdb is not None, url=True)

    def check(self, pipeline: Pipeline) -> None:
        """Serve every pipeline."""

    def names(self, pipeline: Pipeline) -> tuple[str, str]:
        """Record who signs in; the database tells its own name."""
        del pipeline
        return "", self._connector.user

    def settle(self, folder: StateFolder, state: State) -> None:
        """Write the application's password to the file that the DSN names."""
        del state
        word = folder.secret(APPLICATION).get_secret_value()
        folder.write_private(_passfile(folder).name, word + "\n")

    def bring_up(self, ground: Ground) -> None:
        """Ask it for its name, which proves that the address and the password are right."""
        with self._session(ground.folder) as database:
            name = database.scalar("SELECT SYS_CONTEXT('USERENV', 'DB_NAME') FROM DUAL")
        ground.update(database=str(name))

    def fill(self, ground: Ground, filling: Filling) -> None:
        """Do what was asked for, and no more: the user's SQL files, `prepare`."""
        if filling.files:
            with self._session(ground.folder) as database:
                for file in filling.files:
                    schema.run_file(database, file)
        if filling.prepare is not None:
            filling.prepare(self.dsn(ground.folder, ground.recorded()))

    def plugins(self, ground: Ground, unpacked: Path) -> Path:
        """Take the plugin as it comes."""
        del ground
        return unpacked

    def before_start(self, folder: Path) -> None:
        """Do nothing: it has no process here."""

    def process_environment(self, folder: StateFolder) -> Mapping[str, str]:
        """Tell nobody anything."""
        del folder
        return {}

    def is_ready(self, folder: StateFolder, state: State, launch: Launch) -> bool:
        """Raise: no part is started for it."""
        del folder, state
        raise LocalError(f"{launch.name} is no part of this runtime")

    def worker_environment(self, folder: StateFolder, state: State) -> Mapping[str, str]:
        """Give what the secret `dbInfo` would."""
        found = {
            Env.DB_URL.value: jdbc_url(self._connector.target),
            Env.DB_NAME.value: state.database,
            Env.DB_USER.value: self._connector.user,
            Env.DB_PASSWORD.value: folder.secret(CONNECTOR).get_secret_value(),
        }
        pdb = {Env.DB_PDB.value: self._external.pdb} if self._external.pdb else {}
        return {**found, **pdb}

    def dsn(self, folder: StateFolder, state: State) -> str:
        """Give the address of whoever writes and compares."""
        del state
        return f"{self._external.application}?passfile={_passfile(folder)}"

    def missing(
        self, folder: StateFolder, state: State, tables: Iterable[Table]
    ) -> tuple[Table, ...]:
        """Look into the dictionary, as the connector."""
        del state
        with self._session(folder) as database:
            if self._external.pdb is not None:
                database.execute(f'ALTER SESSION SET CONTAINER = "{self._external.pdb.upper()}"')
            return schema.missing(database, tables)

    def how_to_make_tables(self, folder: StateFolder, state: State) -> str:
        """Name the DBA: it is not ours to change."""
        del folder, state
        return (
            "Nothing is made in your database: have them made and granted to "
            f"{self._connector.user} (`wms-connector preflight --sql`), then run `local up` again"
        )

    def capture(self, folder: StateFolder, state: State, tables: Iterable[Table]) -> None:
        """Leave logging to the DBA; `preflight` says what is missing."""

    def _session(self, folder: StateFolder) -> Database:
        return self._connect(self._connector, folder.secret(CONNECTOR))


def jdbc_url(target: str) -> str:
    """Write a connect string as ojdbc wants it: a service of a host after two slashes."""
    plain = not target.startswith("(") and "/" in target
    return f"jdbc:oracle:thin:@{'//' if plain else ''}{target.removeprefix('//')}"


def _passfile(folder: StateFolder) -> Path:
    return folder.path / "oracle.password"
