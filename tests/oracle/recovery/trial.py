"""A pipeline of its own on the shared runtime, to be broken: a table, a stage, a connector.

It uses the runtime's stand-in, broker and worker. What goes wrong with it leaves no trace in the
topics of the runtime's own connector, which is stopped meanwhile.
"""

from __future__ import annotations

import itertools
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from tests.e2e.command import wms
from tests.e2e.support import PATIENCE, Reader, assert_exact, until

from wms_connector.audit.run import Options
from wms_connector.cli.audit import run_audit
from wms_connector.cli.database import signed_in
from wms_connector.connect.apply import reconcile
from wms_connector.connect.client import ConnectClient
from wms_connector.connect.wait import Waiting
from wms_connector.connectors.rendering import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.events.errors import EventsError
from wms_connector.local.registration import apply_topics
from wms_connector.local.sources.standin import passwords
from wms_connector.local.standin import part, schema
from wms_connector.local.standin.control import SYS
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.command import Result

    from wms_connector.audit.report import Report
    from wms_connector.connect.models import ConnectorStatus
    from wms_connector.events.records import Change
    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database

OWNER: Final = "WMS"
WORKER: Final = "worker-1"
SOON: Final = {"retriable.restart.connector.wait.ms": "1000"}
"""A second instead of ten between two attempts: so that many faults take little time."""


class Trial:
    """One table, and a connector that reads it; what is written has to arrive.

    `settings` are further lines of the pipeline file, `overrides` settings of the connector that
    differ from what the file gives.
    """

    def __init__(
        self,
        runtime: LocalRuntime,
        standin: Standin,
        folder: Path,
        *,
        settings: str = "",
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        self.runtime = runtime
        self.standin = standin
        self._overrides = dict(overrides or {})
        word = secrets.token_hex(3)
        self.table = f"TRIAL_{word.upper()}_TBL"
        self.path = f"{OWNER}.{self.table}"
        self._file = folder / f"{word}.toml"
        # The connector's name has the product in it, and two of a name cannot be on one worker.
        self._file.write_text(
            f'product = "trial"\nconnector = "debezium"\ndelivery = "exactly-once"\n'
            f'secrets_prefix = "trial"\ntables = ["{self.path}"]\n'
            f"[debezium]\nheartbeat_interval_ms = 1000\n{settings}"
        )
        self.pipeline = Pipeline.load(self._file)
        self.stage = self.pipeline.stage(f"trial-{word}")
        self.name = self.pipeline.names(self.stage).connector
        self.numbers = itertools.count(1)
        self._read = 0
        self._mark = 0
        self.application: Database
        self.reader: Reader

    def __enter__(self) -> Self:
        self.make_table()
        apply_topics(self.pipeline, self.stage, self._broker_port)
        self.reader = until(self._reader, "the topics' leaders")
        self.sign_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.__exit__()
        self.application.close()
        with self.client() as client:
            client.delete(self.name, missing_ok=True)
        self.owner(f"DROP TABLE {self.path} PURGE")

    # The table

    def make_table(self) -> None:
        """Make the table as its owner, and let the application and the connector in."""
        self.owner(
            f"CREATE TABLE {self.path} (ID NUMBER(10) NOT NULL, STAT_CD VARCHAR2(10),"
            f" NOTE_TXT VARCHAR2(20), PLAN_QTY NUMBER(9,2),"
            f" CONSTRAINT {self.table[:20]}_PK PRIMARY KEY (ID))"
        )
        self.owner(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.path} TO WMS_APP")
        self.admit()

    def owner(self, statement: str) -> None:
        """Run a statement as the table's owner."""
        word = passwords(self.runtime.folder)[OWNER]
        with self.standin.session(OWNER, word) as session:
            session.execute(statement)
            session.commit()

    def sign_in(self) -> None:
        """Sign in as the application does."""
        self.application = signed_in(self.runtime.status().database_dsn)

    def insert(self, **values: Any) -> int:
        """Insert and commit a row; gives its number."""
        number = next(self.numbers)
        row = {"ID": number, "STAT_CD": "PLANNED", "NOTE_TXT": f"row {number}", **values}
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        self.application.execute(f"INSERT INTO {self.path} ({names}) VALUES ({marks})", **row)
        self.application.commit()
        return number

    def update(self, number: int, **values: Any) -> None:
        """Update and commit a row."""
        sets = ", ".join(f"{name} = :{name}" for name in values)
        self.application.execute(
            f"UPDATE {self.path} SET {sets} WHERE ID = :number_", number_=number, **values
        )
        self.application.commit()

    # The connector

    def configure(self, overrides: Mapping[str, str]) -> None:
        """Bring the connector to other settings than the pipeline file's, and wait for it."""
        self._overrides = dict(overrides)
        self.register()

    def register(self) -> None:
        """Register the connector, or bring it to its configuration, and wait until it runs."""
        rendered = render(
            self.pipeline,
            self.stage,
            database=DatabaseShape("oracle", pdb=True, url=True),
            security=KafkaSecurity.PLAINTEXT,
        )
        desired = {name: {**config, **self._overrides} for name, config in rendered.items()}
        owned = self.pipeline.names(self.stage).owns_connector
        with self.client() as client:
            reconcile(client, desired, owned=owned, waiting=Waiting(PATIENCE))

    def begin(self) -> None:
        """Register the connector, see it read the table, and see a change flow."""
        self.register()
        self.flows()
        self._read = self._snapshot_rows()

    def client(self) -> ConnectClient:
        """Speak to the worker."""
        return ConnectClient(self.runtime.status().connect_urls)

    def command(self, *args: object) -> Result:
        """Run a command line about this pipeline, as an operator of the laptop does."""
        state = str(self.runtime.folder.path)
        stage = self.stage.name
        return wms(*args, "--pipeline", self._file, "--stage", stage, "--state", state)

    def state(self) -> ConnectorStatus:
        """What Kafka Connect says."""
        with self.client() as client:
            return client.status(self.name)

    def fails(self) -> dict[str, Any]:
        """Wait until the task is FAILED, and give what `status --json` says of it."""
        until(lambda: self.state().has_failed, "a FAILED task")
        shown = self.command("status", "--json")
        assert shown.status == 1
        [connector] = [one for one in shown.json["connectors"] if one["name"] == self.name]
        [task] = connector["tasks"]
        found: dict[str, Any] = task
        assert found["state"] == "FAILED"
        return found

    def status(self) -> dict[str, Any]:
        """Give the connector as `status --json` tells it."""
        shown = self.command("status", "--json").json
        [connector] = [one for one in shown["connectors"] if one["name"] == self.name]
        found: dict[str, Any] = connector
        return found

    def preflight(self) -> set[str]:
        """Name the checks that fail in `preflight`, signed in as the connector is."""
        word = passwords(self.runtime.folder)[schema.CONNECTOR]
        file = self._file.with_suffix(".word")
        file.write_text(word.get_secret_value())
        at = f"{schema.CONNECTOR}@127.0.0.1:{self.standin.port}/{part.DATABASE}"
        told = wms(
            "preflight", "--dsn", f"oracle-standin://{at}?passfile={file}", "--pdb", part.PDB,
            "--json", "--pipeline", self._file, "--stage", self.stage.name,
        ).json  # fmt: skip
        return {one["name"] for one in told["checks"] if one["verdict"] == "fail"}

    def admit(self) -> None:
        """Run the DBA's script again: it makes whole what is missing."""
        word = passwords(self.runtime.folder)[schema.CONNECTOR]
        schema.admit_connector(self.standin.database, self.pipeline, word, pdb=part.PDB)

    def lock_out(self, statement: str) -> None:
        """Change the connector's user, and end the sessions that it has."""
        self.standin.sql("ALTER SESSION SET CONTAINER = CDB$ROOT")
        self.standin.sql(statement)
        self.standin.kill_sessions(schema.CONNECTOR)

    def mark(self) -> None:
        """Look at the worker's log from here on."""
        self._mark = self._log.stat().st_size

    def said(self, *words: str) -> bool:
        """Tell whether the worker has logged all of these words since the mark."""
        with self._log.open("rb") as log:
            log.seek(self._mark)
            text = log.read().decode(errors="replace")
        return all(word in text for word in words)

    @property
    def _log(self) -> Path:
        return Path(self.runtime.recorded().parts[WORKER].launch.log)

    def restart(self) -> None:
        """Restart what is FAILED, and wait until it runs."""
        assert self.command("restart").status == 0
        until(self.runs, "the connector runs again")

    def runs(self) -> bool:
        """Tell whether connector and task are RUNNING."""
        return self.state().is_running

    def stop(self) -> None:
        """Stop the connector; the offset stays."""
        assert self.command("stop").status == 0

    def resume(self) -> None:
        """Let it go on."""
        assert self.command("resume").status == 0

    def replace_worker(self) -> None:
        """Kill the worker and start another, which reads its secrets anew."""
        self.kill_worker()
        self.start_worker()

    def kill_worker(self) -> None:
        """Kill the worker."""
        self.runtime.kill(WORKER)

    def start_worker(self) -> None:
        """Start it again."""
        self.runtime.start(WORKER)

    # What arrives

    def changes(self, number: int) -> list[Change]:
        """Changes of a row that were read so far."""
        return [change for change in self.reader.changes if change.key == {"ID": str(number)}]

    def arrives(self, number: int, *, count: int = 1) -> list[Change]:
        """Wait for so many changes of a row; gives them."""
        key = {"ID": str(number)}
        return self.reader.until(lambda one: one.key == key, f"row {number}", count=count)

    def flows(self) -> None:
        """Write a row and wait until it has arrived."""
        self.arrives(self.insert())

    def audited(self, *, seconds: float = PATIENCE) -> Report:
        """Audit the table; what is missing or different is waited for so long."""
        status = self.runtime.status()
        return run_audit(
            self.pipeline,
            self.stage,
            dsn=status.database_dsn,
            brokers=status.bootstrap_servers,
            urls=status.connect_urls,
            options=Options(deadline=seconds),
            progress=lambda _: None,
        )

    def exact(self) -> None:
        """Nothing is lost, nothing too much, nothing twice, and no row was read a second time."""
        assert_exact(self.audited())
        self.reader.to_the_end()
        assert self._snapshot_rows() == self._read

    def _snapshot_rows(self) -> int:
        return sum(change.op == "r" for change in self.reader.changes)

    def _reader(self) -> Reader | None:
        """Read from the topics' beginning; None while a broker still makes them."""
        topics = topic_names(self.pipeline, self.stage).data.values()
        try:
            return Reader(self.runtime.status(), topics, from_beginning=True)
        except EventsError:
            return None

    @property
    def _broker_port(self) -> int:
        return self.runtime.recorded().ports["broker"]


def keys(task: Mapping[str, Any]) -> set[str]:
    """Which entries of the catalogue explain a task's trace."""
    return {entry["key"] for entry in task["explained"]}


__all__ = ["OWNER", "SOON", "SYS", "WORKER", "Trial", "keys"]
