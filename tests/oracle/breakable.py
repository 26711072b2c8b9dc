"""The runtime on the stand-in, its archives purged and its topics deleted: the last that uses it.

The tests that have it (the fixture `scene`) run after all others of a session.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import AdminClient
from tests.e2e.command import Result, Wms
from tests.e2e.support import Reader, until

from wms_connector.local.standin.schema import APPLICATION, CONNECTOR

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database

_numbers = itertools.count(1)


class Breakable:
    """The runtime, its commands, and what a DBA, an application and bad luck do to it."""

    def __init__(self, runtime: LocalRuntime, control: Standin, pipeline_file: Path) -> None:
        self.runtime = runtime
        self.names = runtime.pipeline.names(runtime.stage)
        self.wms = Wms(runtime, runtime.stage.name)
        self.wms.where += ("--pipeline", str(pipeline_file))
        self.control = control

    def session(self, user: str = APPLICATION) -> Database:
        """Sign in as the application, or as the connector."""
        return self.control.session(user)

    def as_connector(self) -> Database:
        """Sign in with the connector's rights."""
        return self.control.session(CONNECTOR)

    def new(self) -> int:
        """A number of a waiver that is not there."""
        return 900_000_000 + next(_numbers)

    def insert(self, number: int, session: Database | None = None, **more: Any) -> None:
        """Insert a row of WMS.PLAN_BASE_WVR_TBL; committed unless a session is given."""
        row = {"PLAN_WVR_ID": number, "WHSE_ID": "ATL01", "PLAN_NBR": f"R{number}",
               "WVR_TYP_CD": "QTY", "STAT_CD": "PLANNED", "ADD_USER_ID": "t", **more}  # fmt: skip
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        statement = (
            f"INSERT INTO WMS.PLAN_BASE_WVR_TBL ({names}, PLAN_STRT_DT) VALUES ({marks}, SYSDATE)"
        )
        if session is not None:
            session.execute(statement, **row)
            return
        with self.session() as own:
            own.execute(statement, **row)
            own.commit()

    def change(self, clause: str) -> None:
        """Run a statement on that table and commit."""
        with self.session() as own:
            own.execute(clause)
            own.commit()

    def purge(self) -> None:
        """Throw away every archived log; the online ones are whole, as a database has them."""
        self.control.switch_log()
        self.control.purge(keep=0)
        for _ in range(3):
            self.control.switch_log()

    def is_well(self) -> None:
        """Assert that all runs, and that nothing is found but what a purge leaves: few logs."""
        seen = self.wms("status", "--json").json
        assert {finding["id"] for finding in seen["findings"]} <= {"headroom-low"}, seen
        for connector in seen["connectors"]:
            states = {connector["state"], *(task["state"] for task in connector["tasks"])}
            assert connector["tasks"], connector
            assert states == {"RUNNING"}, connector

    def lose_history(self) -> None:
        """Delete the schema history's topic."""
        brokers = self.runtime.status().bootstrap_servers
        client = AdminClient({"bootstrap.servers": brokers})
        for done in client.delete_topics([self.names.schema_history]).values():
            done.result()
        until(
            lambda: self.names.schema_history not in client.list_topics(timeout=10).topics,
            "the topic is gone",
        )

    def reader(self) -> Reader:
        """Read from now on."""
        return Reader.of(self.runtime)

    def stop(self) -> None:
        """Stop the connector."""
        assert self.wms("stop").status == 0

    def resume_fails(self) -> Result:
        """Start the connector, which fails; gives what the command says."""
        told = self.wms("resume")
        assert told.status == 1, told
        return told

    def connector(self) -> Any:
        """The connector, as `status --json` shows it."""
        (found,) = self.wms("status", "--json").json["connectors"]
        return found
