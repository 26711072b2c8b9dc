"""Asks the questions, each guarded for itself: a denied one is a fact too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wms_connector.oracle.errors import OracleFailure
from wms_connector.oracle.preflight import questions as q
from wms_connector.oracle.preflight.facts import Facts, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wms_connector.oracle.database import Database, Row
    from wms_connector.oracle.preflight.wanted import Wanted


def observe(
    database: Database,
    wanted: Wanted,
    *,
    tell: Callable[[str], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Facts:
    """Ask everything that the checks of this kind need; `tell` hears what is being looked at.

    Reads only, in read-only transactions that are rolled back: nothing in the database changes.
    `now` is this machine's clock, noted beside the database's.
    """
    asker = _Asker(database, tell, now)
    asker.begin()
    asker.ask(q.questions(wanted, "main"))
    if wanted.home == "pdb" and wanted.pdb:
        asker.enter(wanted.pdb)
        asker.ask(q.questions(wanted, "pdb"))
    asker.ask(_later(asker, wanted))
    asker.end()
    return Facts(asker.answers)


def _later(asker: _Asker, wanted: Wanted) -> Iterable[q.Question]:
    """Questions that depend on answers: the SCN to flash back to, tables without statistics."""
    if wanted.kind != "debezium":
        return
    database = asker.answers.get("database@main", Unseen("it was not asked for"))
    for table in wanted.tables:
        if isinstance(database, Unseen):
            asker.answers[f"flashback {table}"] = Unseen(f"no SCN is known: {database.reason}")
        elif database and database[0]["CURRENT_SCN"] is not None:
            yield q.flashback(table, int(database[0]["CURRENT_SCN"]))
    tables = asker.answers.get("tables", ())
    for row in () if isinstance(tables, Unseen) else tables:
        if row["NUM_ROWS"] is None:
            yield from (
                q.count(table)
                for table in wanted.tables
                if (table.schema, table.name) == (row["OWNER"], row["TABLE_NAME"])
            )


class _Asker:
    """A session that only reads, and the answers that it was given."""

    def __init__(
        self, database: Database, tell: Callable[[str], None], now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._tell = tell
        self._now = now
        self._lost: Unseen | None = None
        self.answers: dict[str, tuple[Row, ...] | Unseen] = {}

    def begin(self) -> None:
        """Start a transaction in which Oracle itself refuses every change."""
        try:
            self._database.rollback()
            self._database.execute("SET TRANSACTION READ ONLY")
        except OracleFailure as failure:
            # Nothing is asked of a session that was not made safe first.
            self._lost = _unseen(failure)

    def end(self) -> None:
        """Leave nothing open."""
        try:
            self._database.rollback()
        except OracleFailure as failure:
            self._lost = _unseen(failure)

    def enter(self, pdb: str) -> None:
        """Switch to the pluggable database, as the connector does."""
        self._tell(f"entering {pdb}")
        self.end()
        if self._lost is None:
            try:
                # Not a bind: Oracle takes none here. The name is an identifier, see Wanted.
                self._database.execute(f"ALTER SESSION SET CONTAINER = {pdb}")
            except OracleFailure as failure:
                self._lost = _unseen(failure)
        self.answers["entered"] = self._lost or ()
        if self._lost is None:
            self.begin()

    def ask(self, questions: Iterable[q.Question]) -> None:
        """Ask each; what was refused is noted, and the next one asked."""
        for question in questions:
            self._tell(question.label)
            self.answers[question.name] = self._asked(question)
            if question is q.CLOCK:
                self.answers["own clock"] = ({"UTC": self._now().replace(tzinfo=None)},)

    def _asked(self, question: q.Question) -> tuple[Row, ...] | Unseen:
        if self._lost is not None:
            return self._lost
        try:
            return tuple(self._database.query(question.sql, **question.binds))
        except OracleFailure as failure:
            return _unseen(failure)


def _unseen(failure: OracleFailure) -> Unseen:
    return Unseen(failure.text, failure.code)
