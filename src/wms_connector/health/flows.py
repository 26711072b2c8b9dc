"""Asks the source of each connector how far it is, by the connector's class.

What a source cannot be asked is part of the flow (`unknown`), with the reason: a database that
refuses a log-in is a finding of its own, not a failure of whoever looks.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from wms_connector.health import flow_jdbc, flow_postgres
from wms_connector.health.flow_oracle import flow_oracle
from wms_connector.health.observation import UNASKED, Flow
from wms_connector.health.source import Told
from wms_connector.model.errors import WmsError
from wms_connector.oracle.lag import observe_lag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from wms_connector.health.source import Ask, Row
    from wms_connector.oracle.database import Database

_WAITS: Final = 4
_WAIT_S: Final = 1.0
"""How often, and how long, a first look waits for what is just written to be delivered: on a laptop
a heartbeat comes every second, and is confirmed a second later."""


class Flows:
    """The probe `flow` of `observe.Probes`; `told` keeps each connector's last answer.

    `oracle` signs in to Oracle, or gives None where no database is known; it is left after each
    question. `postgres` opens a session that gives a query's first row by its names, in lower
    case, and whose values are written `%(name)s`. Either raises a WmsError. `clock` gives seconds
    since 1970. `refused` says when the last sign-in was refused, empty if it was not.
    """

    def __init__(
        self,
        *,
        oracle: Callable[[], Database | None] | None = None,
        postgres: Callable[[], AbstractContextManager[Ask]] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        refused: Callable[[], str] = str,
    ) -> None:
        self._oracle = oracle
        self._postgres = postgres
        self._clock = clock
        self._sleep = sleep
        self._written: dict[str, flow_postgres.Written] = {}
        self.told: dict[str, Told] = {}
        self.refused = refused

    def __call__(
        self, name: str, config: Mapping[str, str | None], entries: Sequence[Mapping[str, Any]]
    ) -> Flow | None:
        """Give a connector's flow; None where its source is not known here."""
        self.told.pop(name, None)
        try:
            found = self._asked(config, entries)
        except WmsError as error:
            reason = error.what
            self.told[name] = Told({"unknown": {UNASKED: reason}}, [f"lag unknown: {reason}"])
            return Flow(unknown={UNASKED: reason})
        if found is None:
            return None
        flow, told = found
        if told is not None:
            self.told[name] = told
        return flow

    def _asked(
        self, config: Mapping[str, str | None], entries: Sequence[Mapping[str, Any]]
    ) -> tuple[Flow, Told | None] | None:
        kind = config.get("connector.class") or ""
        if kind.endswith(".OracleConnector"):
            return self._of_oracle(entries)
        if kind.endswith(".PostgresConnector"):
            return self._of_postgres(config.get("slot.name") or "", entries)
        if kind.endswith(".JdbcSourceConnector"):
            return self._of_jdbc(flow_jdbc.Reading.of(config), entries)
        return None

    def _of_oracle(self, entries: Sequence[Mapping[str, Any]]) -> tuple[Flow, Told | None] | None:
        database = self._oracle and self._oracle()
        if not database:
            return None
        with database:
            lag = observe_lag(database, entries)
        return flow_oracle(lag), Told(lag.as_json(), lag.lines())

    def _of_postgres(
        self, slot: str, entries: Sequence[Mapping[str, Any]]
    ) -> tuple[Flow, Told | None] | None:
        if self._postgres is None:
            return None
        offset = flow_postgres.position(entries)
        written = self._written.setdefault(slot, flow_postgres.Written())
        with self._postgres() as ask:
            row = ask(flow_postgres.QUESTION, {"slot": slot}) or {}
            now = self._clock()
            first = written.note(now, int(row["wal"]))
            waits = _WAITS if first and flow_postgres.may_catch_up(row, offset, now) else 0
            while waits and offset and written.until(row, offset) is None:
                # Nobody has looked before. A connector that is not behind confirms within seconds
                # what was just written.
                self._sleep(_WAIT_S)
                row = ask(flow_postgres.QUESTION, {"slot": slot}) or {}
                now, waits = self._clock(), waits - 1
        until = written.until(row, offset) if offset else None
        flow = flow_postgres.flow_postgres(slot, row, offset, now, until)
        return flow, flow_postgres.told(flow, row, offset, now)

    def _of_jdbc(
        self, reading: flow_jdbc.Reading, entries: Sequence[Mapping[str, Any]]
    ) -> tuple[Flow, Told | None] | None:
        positions = flow_jdbc.positions(entries, reading.zone)

        if self._postgres is not None:
            with self._postgres() as ask:
                found = flow_jdbc.ask_all(ask, flow_jdbc.POSTGRES, reading, positions)
        elif database := self._oracle and self._oracle():
            with database:
                ask = _rows(database)
                found = flow_jdbc.ask_all(ask, flow_jdbc.ORACLE, reading, positions)
        else:
            return None
        now, zone = self._clock(), reading.zone
        flow = flow_jdbc.flow_jdbc(now, zone, positions, found)
        return flow, flow_jdbc.told(found, now, zone)


def _rows(database: Database) -> Ask:
    def ask(sql: str, binds: Mapping[str, Any]) -> Row | None:
        row = database.one(sql, **binds)
        return None if row is None else {name.lower(): value for name, value in row.items()}

    return ask
