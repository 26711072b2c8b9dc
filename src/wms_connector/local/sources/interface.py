"""What the runtime needs of a database, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from wms_connector.connectors.shape import DatabaseShape
    from wms_connector.local.aot import Training
    from wms_connector.local.fetch import Cache
    from wms_connector.local.java import Program
    from wms_connector.local.lock import Purpose
    from wms_connector.local.progress import Progress
    from wms_connector.local.state import Kind, Launch, SourceName, State, StateFolder
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.table import Table


class Ground(Protocol):
    """What a source builds on while it comes up: the runtime, as far as it is its business."""

    folder: StateFolder
    progress: Progress
    pipeline: Pipeline
    cache: Cache
    cancelled: threading.Event

    def recorded(self) -> State:
        """Give the state as it is written down."""

    def update(self, **changes: object) -> None:
        """Write changes of the state down."""

    def ensure(self, name: str, launch: Callable[[int], Launch]) -> None:
        """Start a part unless it runs; `launch` is given the port that it may have."""

    def port(self, name: str, avoid: set[int] | None = None) -> int:
        """Give the port of a name: the one that it had, or else a new one."""

    def java_command(self, program: Program, part: str) -> tuple[tuple[str, ...], Training | None]:
        """Write a part's Java arguments; give its command line, and what its run records."""

    def launch(
        self,
        name: str,
        kind: Kind,
        argv: Sequence[str],
        port: int,
        training: Training | None = None,
    ) -> Launch:
        """Say how a part is started."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a new database gets: SQL files of the user's, then what `prepare` writes into it."""

    files: tuple[Path, ...] = ()
    prepare: Callable[[str], None] | None = None


class Source(Protocol):
    """A database. Its values are in the state; `folder` has the passwords."""

    @property
    def name(self) -> SourceName:
        """How it is called where one is chosen."""

    @property
    def title(self) -> str:
        """How it is called in a sentence."""

    @property
    def part(self) -> str | None:
        """The name of its process, if it is one of the runtime's."""

    @property
    def plugin(self) -> Purpose:
        """Which plugin reads it."""

    @property
    def shape(self) -> DatabaseShape:
        """As what configurations are rendered for it."""

    def check(self, pipeline: Pipeline) -> None:
        """Raise UsageError for a pipeline that it cannot serve."""

    def names(self, pipeline: Pipeline) -> tuple[str, str]:
        """Give the database and its user, as a new state records them."""

    def settle(self, folder: StateFolder, state: State) -> None:
        """Make the passwords, and the files that addresses refer to."""

    def bring_up(self, ground: Ground) -> None:
        """Start it unless it runs, and wait for it."""

    def fill(self, ground: Ground, filling: Filling) -> None:
        """Give a new database its users, tables and rows. May have been begun before."""

    def plugins(self, ground: Ground, unpacked: Path) -> Path:
        """Give the entry of `plugin.path` for its plugin; `unpacked` is the plugin as it comes."""

    def before_start(self, folder: Path) -> None:
        """Put the folder of a killed process in order."""

    def process_environment(self, folder: StateFolder) -> Mapping[str, str]:
        """Give what its process is told apart from its command line."""

    def is_ready(self, folder: StateFolder, state: State, launch: Launch) -> bool:
        """Tell whether its process answers."""

    def worker_environment(self, folder: StateFolder, state: State) -> Mapping[str, str]:
        """Give what a connector's configuration refers to."""

    def dsn(self, folder: StateFolder, state: State) -> str:
        """Give the address for people and programs; it holds no password."""

    def missing(
        self, folder: StateFolder, state: State, tables: Iterable[Table]
    ) -> tuple[Table, ...]:
        """Give those of the tables that the database does not have."""

    def how_to_make_tables(self, folder: StateFolder, state: State) -> str:
        """Say how the user makes what is missing."""

    def capture(self, folder: StateFolder, state: State, tables: Iterable[Table]) -> None:
        """Have the tables' changes logged whole."""
