"""The Oracle stand-in, as a source: the configuration of Fargate, and no Oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.shape import DatabaseShape
from wms_connector.local.lock import Purpose
from wms_connector.local.ports import HOST
from wms_connector.local.standin import part, schema
from wms_connector.local.standin.control import SYS, Standin
from wms_connector.model.environment import Env
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic import SecretStr

    from wms_connector.local.sources.interface import Filling, Ground
    from wms_connector.local.state import Launch, SourceName, State, StateFolder
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.table import Table

_SEEDED: Final = frozenset(schema.OWNERS)


class StandinSource:
    """The stand-in: a process of the runtime's own, and its driver in the worker's plugin."""

    name: Final[SourceName] = "oracle"
    title: Final = "the Oracle stand-in"
    part: Final = part.NAME
    plugin: Final = Purpose.ORACLE
    shape: Final = DatabaseShape(vendor="oracle", pdb=True, url=True)

    def check(self, pipeline: Pipeline) -> None:
        """Refuse pipelines of kind `jdbc`: the stand-in answers what Debezium asks."""
        if pipeline.connector == "jdbc":
            raise UsageError(
                "the Oracle stand-in answers Debezium only, and the pipeline is of kind jdbc",
                hint='Set connector = "debezium", or use --source postgres or --oracle-dsn',
            )

    def names(self, pipeline: Pipeline) -> tuple[str, str]:
        """Name what an installation of Oracle is called unless told otherwise."""
        del pipeline
        return part.DATABASE, schema.APPLICATION

    def settle(self, folder: StateFolder, state: State) -> None:
        """Make every user's password; that of the application in a file that the DSN names."""
        del state
        passwords(folder)
        part.write_passfile(folder)

    def bring_up(self, ground: Ground) -> None:
        """Compile it if it is new, and start it."""
        built = part.built(ground.cache, ground.progress, ground.cancelled)

        def launch(port: int) -> Launch:
            door = ground.port(part.DOOR, {port})
            argv, training = ground.java_command(part.program(built), part.NAME)
            arguments = part.arguments(ground.folder, port, door)
            return ground.launch(part.NAME, "standin", (*argv, *arguments), port, training)

        ground.ensure(part.NAME, launch)

    def fill(self, ground: Ground, filling: Filling) -> None:
        """Make the users, the tables of WMS if they are captured, and the user's."""
        state, pipeline = ground.recorded(), ground.pipeline
        with standin(ground.folder, state) as control:
            schema.make_users(control.database, passwords(ground.folder))
            if any(table.schema in _SEEDED for table in pipeline.tables):
                schema.make_tables(control.database)
            for file in filling.files:
                schema.run_file(control.database, file)
            word = passwords(ground.folder)[schema.CONNECTOR]
            schema.admit_connector(control.database, pipeline, word, pdb=part.PDB)
        if filling.prepare is not None:
            filling.prepare(self.dsn(ground.folder, state))

    def plugins(self, ground: Ground, unpacked: Path) -> Path:
        """Put the driver beside the connector's jars."""
        built = part.built(ground.cache, ground.progress, ground.cancelled)
        return part.plugins(ground.cache, built, unpacked)

    def before_start(self, folder: Path) -> None:
        """Leave its folder as it is: the engine mends what a kill left."""

    def process_environment(self, folder: StateFolder) -> Mapping[str, str]:
        """Tell it the password of SYS."""
        return {part.PASSWORD_VARIABLE: folder.secret(SYS).get_secret_value()}

    def is_ready(self, folder: StateFolder, state: State, launch: Launch) -> bool:
        """Knock at its door."""
        del folder, launch
        return part.is_ready(state.ports.get(part.DOOR, 0))

    def worker_environment(self, folder: StateFolder, state: State) -> Mapping[str, str]:
        """Give what the secret `dbInfo` would: a JDBC URL, both databases, user and password."""
        return {
            Env.DB_URL.value: part.url(state.ports[part.NAME]),
            Env.DB_HOST.value: HOST,
            Env.DB_PORT.value: str(state.ports[part.NAME]),
            Env.DB_NAME.value: part.DATABASE,
            Env.DB_PDB.value: part.PDB,
            Env.DB_USER.value: schema.CONNECTOR,
            Env.DB_PASSWORD.value: passwords(folder)[schema.CONNECTOR].get_secret_value(),
        }

    def dsn(self, folder: StateFolder, state: State) -> str:
        """Give the address of its door."""
        file = part.passfile(folder)
        door = state.ports.get(part.DOOR, 0)
        return f"oracle-standin://{schema.APPLICATION}@{HOST}:{door}/{part.PDB}?passfile={file}"

    def missing(
        self, folder: StateFolder, state: State, tables: Iterable[Table]
    ) -> tuple[Table, ...]:
        """Look into the dictionary, as SYS."""
        with standin(folder, state) as control:
            return schema.missing(control.database, tables)

    def how_to_make_tables(self, folder: StateFolder, state: State) -> str:
        """Name --init: there is no client but ours."""
        del folder, state
        return (
            "Write CREATE USER and CREATE TABLE into a file, then `local down --purge` and "
            "`local up --source oracle --init FILE`; names are in upper case unless quoted"
        )

    def capture(self, folder: StateFolder, state: State, tables: Iterable[Table]) -> None:
        """Log all columns of tables for which nobody has asked yet."""
        with standin(folder, state) as control:
            schema.log_all_columns(control.database, tables)


def passwords(folder: StateFolder) -> dict[str, SecretStr]:
    """Give every user's password; made on first use."""
    made = {user: folder.secret(user) for user in (SYS, schema.CONNECTOR, *schema.OWNERS)}
    return {**made, schema.APPLICATION: folder.password()}


def standin(folder: StateFolder, state: State) -> Standin:
    """Open a session as SYS at a runtime's stand-in; raises OracleFailure."""
    return Standin(state.ports[part.DOOR], passwords(folder))
