"""The laptop runtime: a database, a broker and workers, from nothing to a running connector."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final

from wms_connector.local import broker, lock, worker
from wms_connector.local.control import CancelledError, PartFailedError
from wms_connector.local.errors import StateError, TablesMissingError
from wms_connector.local.fetch import Cache, fetch
from wms_connector.local.lock import Artifact, Purpose
from wms_connector.local.plugins import check_plugins, linked, operators, unpacked
from wms_connector.local.registration import apply_topics, register
from wms_connector.local.signals import terminable
from wms_connector.local.sources import source, source_of
from wms_connector.local.sources.interface import Filling
from wms_connector.local.starter import Starter
from wms_connector.local.state import Launch, State
from wms_connector.local.status import LocalStatus, status_of
from wms_connector.model.places import default_cache
from wms_connector.model.plugin import PluginSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pydantic import SecretStr

    from wms_connector.local.progress import Progress
    from wms_connector.local.state import External, SourceName
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

_NEEDED: Final = frozenset({Purpose.BROKER, Purpose.WORKER, Purpose.METRICS})
_PLUGINS: Final = frozenset({Purpose.ORACLE, Purpose.POSTGRES})


class LocalRuntime(Starter):
    """A stage of a pipeline on this machine. `up` is idempotent: it starts what does not run.

    `database` names the source of a new runtime ("postgres" unless told otherwise; one that is
    there keeps its own), `external` an Oracle of the user's, whose passwords (by their names in
    sources/external.py) are kept in the state folder. `init` names SQL files that are run
    once, when the database is new; `prepare` is then called once with its DSN. `plugins` are
    folders of further plugins, or archives with their checksum (FILE#sha256=DIGEST): a pipeline of
    kind `jdbc` needs one, because its plugin is in no public repository; `purposes` are those of
    further artefacts. `workers` is how many are wanted: without it as many as the state records,
    one in a new state. `cache` is shared by all runtimes of a user; `state_dir` is this one's own.
    """

    def __init__(
        self,
        state_dir: Path,
        pipeline: Pipeline,
        stage: Stage,
        *,
        database: SourceName | None = None,
        external: External | None = None,
        passwords: Mapping[str, SecretStr] | None = None,
        workers: int | None = None,
        progress: Progress | None = None,
        cache: Path | None = None,
        init: Sequence[Path] = (),
        prepare: Callable[[str], None] | None = None,
        plugins: Sequence[Path] = (),
        purposes: frozenset[Purpose] = frozenset(),
    ) -> None:
        super().__init__(state_dir, Cache(cache or default_cache()), progress=progress)
        self.pipeline = pipeline
        self.stage = stage
        self.workers = workers
        self._database = database
        self._external = external
        self._passwords = dict(passwords or {})
        self._filling = Filling(tuple(path.absolute() for path in init), prepare)
        self._sources = tuple(PluginSource.parse(str(path)) for path in plugins)
        self._plugins: tuple[Path, ...] = ()
        self._purposes = purposes

    def up(self) -> LocalStatus:
        """Start all that does not run, and wait until connector and task are running.

        What it started is stopped again if it fails or is interrupted. Raises BusyError,
        ArtifactError, StartError and what topics and registration raise.
        """
        with self.folder.locked("wms-connector local up"), terminable():
            self.cancelled.clear()
            self._started.clear()
            self._take_over()
            try:
                self._all_up()
            except TablesMissingError:
                raise  # what runs is what the user makes the tables with
            except BaseException:
                self.cancelled.set()
                self._undo()
                raise
            return status_of(self.folder, self.recorded(), tuple(self._started))

    def _take_over(self) -> None:
        """Make the folder's state ours: new, or as a crash or `down` has left it."""
        self._plugins = operators(self._sources, self.cache)
        check_plugins(self.pipeline, self._plugins)
        state = self.folder.read()
        if state is None:
            state = self._new()
            self.folder.write(state)
        if (state.stage, state.product) != (self.stage.name, self.pipeline.product):
            raise StateError(
                f"{self.folder.path} belongs to stage {state.stage} of {state.product}",
                hint="Name another folder with --state, or remove this one with "
                "`wms-connector local down --purge`",
            )
        self._check_source(state)
        chosen = source_of(state)
        chosen.check(self.pipeline)
        for name, word in self._passwords.items():
            self.folder.keep_secret(name, word)
        chosen.settle(self.folder, state)
        self._sweep(state)

    def _new(self) -> State:
        chosen = source(self._database or "postgres", self._external)
        chosen.check(self.pipeline)
        database, user = chosen.names(self.pipeline)
        return State(
            stage=self.stage.name,
            product=self.pipeline.product,
            cluster_id=broker.cluster_id(),
            database=database,
            user=user,
            source=chosen.name,
            external=self._external,
        )

    def _check_source(self, state: State) -> None:
        """Refuse a folder whose database is another one than was asked for."""
        if self._database is None and self._external is None:
            return
        asked = source(self._database or "oracle", self._external)
        if (asked.name, self._external) != (state.source, state.external):
            raise StateError(
                f"the database of {self.folder.path} is {source_of(state).title}, "
                f"not {asked.title}",
                hint="Name another folder with --state, or remove this one with "
                "`wms-connector local down --purge`",
            )

    def _all_up(self) -> None:
        with ThreadPoolExecutor(2, thread_name_prefix="up") as pool:
            jobs = [pool.submit(self._database_up), pool.submit(self._kafka_up)]
            try:
                while wait(jobs, timeout=0.1).not_done:
                    if any(job.done() and job.exception() for job in jobs):
                        break
            finally:
                if not all(job.done() and not job.exception() for job in jobs):
                    self.cancelled.set()
        _raise_first([job.exception() for job in jobs])
        self._register()

    # The database

    def _database_up(self) -> None:
        chosen = source_of(self.recorded())
        chosen.bring_up(self)
        if not self.recorded().seeded:
            chosen.fill(self, self._filling)
            self.update(seeded=True)

    # Broker and workers

    def _kafka_up(self) -> None:
        chosen = source_of(self.recorded())
        wanted = _NEEDED | {chosen.plugin} | self._purposes
        artifacts = lock.select(lock.load(), wanted)
        began = time.monotonic()
        self.progress.begin("artefacts")
        fetch(artifacts, self.cache, self.progress, cancelled=self.cancelled)
        plugins = [*linked(self._plugins, self.folder.part("plugins"))]
        for artifact in lock.select(artifacts, _PLUGINS):
            folder = unpacked(artifact, self.cache)
            own = chosen.plugin in artifact.purposes
            plugins.append(chosen.plugins(self, folder) if own else folder)
        self.progress.end("artefacts", f"there after {time.monotonic() - began:.1f} s")
        self._broker_up(self._class_path(artifacts, Purpose.BROKER))
        apply_topics(
            self.pipeline, self.stage, self.recorded().ports[broker.NAME], self.progress.note
        )
        self._workers_up(
            self._class_path(artifacts, Purpose.WORKER),
            self._class_path(artifacts, Purpose.METRICS)[0],
            plugins,
        )

    def _class_path(self, artifacts: Sequence[Artifact], purpose: Purpose) -> tuple[Path, ...]:
        chosen = lock.select(artifacts, {purpose})
        return tuple(self.cache.path(artifact) for artifact in chosen)

    def _broker_up(self, class_path: tuple[Path, ...]) -> None:
        program = broker.program(class_path)

        def launch(port: int) -> Launch:
            controller = self.port(broker.CONTROLLER, {port})
            settings = broker.write_properties(self.folder, port, controller)
            argv, training = self.java_command(program, broker.NAME)
            tool = self._tool(program, broker.TOOL)
            broker.format_storage(self.folder, tool, self.recorded().cluster_id)
            return self.launch(broker.NAME, "broker", (*argv, str(settings)), port, training)

        try:
            self.ensure(broker.NAME, launch)
        except PartFailedError as error:
            if not broker.is_of_a_newer_one(error.what):
                raise
            raise StateError(
                f"{self.folder.path} was written by a version with a newer Kafka broker, and the "
                "older one of this version cannot read it",
                hint="Remove it, with its topics and rows, by `wms-connector local down --purge`, "
                "or name another folder with --state",
            ) from None

    def _workers_up(
        self, class_path: tuple[Path, ...], exporter: Path, plugins: Sequence[Path]
    ) -> None:
        program = worker.program((*class_path, exporter))
        recorded = self.recorded().parts
        names = worker.names(self.workers, recorded)
        self._retire([name for name in recorded if name.startswith("worker-")], names)

        def bring_up(name: str) -> None:
            def launch(port: int) -> Launch:
                settings = worker.write_properties(
                    self.folder, name, self.pipeline, self.stage, port=port, plugins=plugins
                )
                told = self.port(worker.exporter(name), {port})
                agent = worker.exporter_options(self.folder, name, exporter, told)
                argv, training = self.java_command(
                    program, name, trains=name == names[0], extra=agent
                )
                return self.launch(name, "worker", (*argv, str(settings)), port, training)

            self.ensure(name, launch)

        with ThreadPoolExecutor(len(names), thread_name_prefix="worker") as pool:
            done = [pool.submit(bring_up, name) for name in names]
        _raise_first([job.exception() for job in done])

    def _retire(self, recorded: Sequence[str], wanted: Sequence[str]) -> None:
        """Stop workers above the number that is wanted now."""
        for name in set(recorded) - set(wanted):
            self._stop((self._part(name),))
            with self._guard:
                self.folder.write(self.recorded().without_part(name))

    def _register(self) -> None:
        state = self.recorded()
        chosen = source_of(state)
        if missing := chosen.missing(self.folder, state, self.pipeline.captured):
            raise TablesMissingError(
                f"the database has no {', '.join(str(table) for table in missing)}; "
                f"{chosen.title}, broker and workers run, the connector is not registered",
                hint=chosen.how_to_make_tables(self.folder, state),
            )
        chosen.capture(self.folder, state, self.pipeline.captured)
        self.progress.begin("connector")
        began = time.monotonic()
        register(
            self.pipeline,
            self.stage,
            status_of(self.folder, state).connect_urls,
            database=chosen.shape,
            secrets=self.folder.passwords(),
            wait=self._wait,
        )
        self.progress.end("connector", f"running after {time.monotonic() - began:.1f} s")

    def _undo(self) -> None:
        """Stop what this call has started, whatever else goes wrong."""
        with contextlib.suppress(StateError):
            state = self.recorded()
            mine = tuple(part for name, part in state.parts.items() if name in self._started)
            self._stop(mine)
            self._sweep(self.recorded())


def _raise_first(errors: Sequence[BaseException | None]) -> None:
    """Raise the error that came first: one that is not the others' cancellation."""
    found = [error for error in errors if error is not None]
    for error in sorted(found, key=lambda error: isinstance(error, CancelledError)):
        raise error
