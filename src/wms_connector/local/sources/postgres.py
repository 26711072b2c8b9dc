"""PostgreSQL in Oracle's place, as a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.shape import DatabaseShape
from wms_connector.local import postgres
from wms_connector.local.lock import Purpose
from wms_connector.local.ports import HOST
from wms_connector.model.environment import Env

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from wms_connector.local.sources.interface import Filling, Ground
    from wms_connector.local.state import Launch, SourceName, State, StateFolder
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.table import Table

_SEEDED: Final = frozenset({"MMDL", "WMS"})


class PostgresSource:
    """A PostgreSQL of the runtime's own."""

    name: Final[SourceName] = "postgres"
    title: Final = "PostgreSQL"
    part: Final = postgres.NAME
    plugin: Final = Purpose.POSTGRES
    shape: Final = DatabaseShape(vendor="postgres")

    def check(self, pipeline: Pipeline) -> None:
        """Serve every pipeline."""

    def names(self, pipeline: Pipeline) -> tuple[str, str]:
        """Name both after the product."""
        name = pipeline.product.replace("-", "_")
        return name, name

    def settle(self, folder: StateFolder, state: State) -> None:
        """Write libpq's password file."""
        postgres.write_passfile(folder, state.user, folder.password())

    def bring_up(self, ground: Ground) -> None:
        """Make its files if there are none, and start it."""
        prefix = postgres.as_somebody()
        folder = ground.folder
        postgres.initialise(folder, ground.recorded().user, folder.password(), prefix)

        def launch(port: int) -> Launch:
            argv = postgres.command(folder, port, prefix)
            return ground.launch(postgres.NAME, "postgres", argv, port)

        ground.ensure(postgres.NAME, launch)

    def fill(self, ground: Ground, filling: Filling) -> None:
        """Make the database, the tables of WMS if they are captured, and the user's."""
        state = ground.recorded()
        port = state.ports[postgres.NAME]
        postgres.create_database(
            postgres.dsn(ground.folder, state.user, "postgres", port), state.database
        )
        address = self.dsn(ground.folder, state)
        if any(table.schema in _SEEDED for table in ground.pipeline.tables):
            postgres.seed(address)
        for file in filling.files:
            postgres.run_file(address, file)
        if filling.prepare is not None:
            filling.prepare(address)

    def plugins(self, ground: Ground, unpacked: Path) -> Path:
        """Take the plugin as it comes."""
        del ground
        return unpacked

    def before_start(self, folder: Path) -> None:
        """Remove what a killed PostgreSQL left; it was looked for among the processes before."""
        (folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def process_environment(self, folder: StateFolder) -> Mapping[str, str]:
        """Tell it nothing."""
        del folder
        return {}

    def is_ready(self, folder: StateFolder, state: State, launch: Launch) -> bool:
        """Ask it."""
        address = postgres.dsn(folder, state.user, "postgres", launch.port)
        return postgres.is_ready(address, launch.port)

    def worker_environment(self, folder: StateFolder, state: State) -> Mapping[str, str]:
        """Give host, port, database, user and password."""
        return {
            Env.DB_HOST.value: HOST,
            Env.DB_PORT.value: str(state.ports[postgres.NAME]),
            Env.DB_NAME.value: state.database,
            Env.DB_USER.value: state.user,
            Env.DB_PASSWORD.value: folder.password().get_secret_value(),
        }

    def dsn(self, folder: StateFolder, state: State) -> str:
        """Give libpq's address."""
        return postgres.dsn(folder, state.user, state.database, state.ports.get(postgres.NAME, 0))

    def missing(
        self, folder: StateFolder, state: State, tables: Iterable[Table]
    ) -> tuple[Table, ...]:
        """Look into the catalogue."""
        return postgres.missing(self.dsn(folder, state), tables)

    def how_to_make_tables(self, folder: StateFolder, state: State) -> str:
        """Name psql and the address."""
        return (
            f"Make the tables (`psql '{self.dsn(folder, state)}'`), then run `local up` again; "
            "names are taken as they are written, so PostgreSQL's own are in lower case"
        )

    def capture(self, folder: StateFolder, state: State, tables: Iterable[Table]) -> None:
        """Set REPLICA IDENTITY FULL."""
        postgres.log_whole_rows(self.dsn(folder, state), tables)
