"""What health remembers on a laptop: restarts that were attempted, and the history of looks.

A SQLite file in the state folder, so that two commands at once (`status` beside `watch`) read and
write it safely, and neither spends what the other has spent.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from wms_connector.health.budget import KEPT, Attempt, Log
from wms_connector.health.history import History
from wms_connector.local.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE: Final = "health.sqlite3"
_BUSY_S: Final = 5.0  # another command writes: some milliseconds
_ATTEMPTS: Final = "attempts"
_HISTORY: Final = "history"
_TABLE: Final = "CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, version INT, body TEXT)"
_READ: Final = "SELECT version, body FROM kept WHERE id = ?"
_FIRST: Final = "INSERT OR IGNORE INTO kept (id, version, body) VALUES (?, 1, ?)"
_NEXT: Final = "UPDATE kept SET version = version + 1, body = ? WHERE id = ? AND version = ?"
_KEEP: Final = "INSERT OR REPLACE INTO kept (id, version, body) VALUES (?, 0, ?)"


class HealthFile:
    """The file of one runtime: health.budget.Attempts, and the History of its looks.

    Nothing is written before the first `replace` or `keep`. Every method raises StateError for a
    file that cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def read(self) -> Log:
        """Give the attempts; an empty Log where nothing ever was."""
        row = self._row(_ATTEMPTS)
        if row is None:
            return Log()
        version, body = row
        try:
            attempts = tuple(Attempt(float(at), str(name)) for at, name in json.loads(body))
        except (ValueError, TypeError):
            raise self._unreadable("what it says of restarts is in no known form") from None
        return Log(attempts, version)

    def replace(self, log: Log, attempts: tuple[Attempt, ...]) -> bool:
        """Write attempts if nobody else has since `log` was read; False if somebody has.

        The newest KEPT stay.
        """
        newest = sorted(attempts, key=lambda attempt: attempt.at)[-KEPT:]
        body = json.dumps([[attempt.at, attempt.connector] for attempt in newest])
        with self._opened() as database:
            if log.version == 0:
                changed = database.execute(_FIRST, (_ATTEMPTS, body))
            else:
                changed = database.execute(_NEXT, (body, _ATTEMPTS, log.version))
            return changed.rowcount == 1

    def history(self) -> History:
        """Give the history of the looks so far; an empty one before the first.

        What a later version has written is not understood, and is as good as nothing: it is only
        what the next looks will see again.
        """
        row = self._row(_HISTORY)
        if row is None:
            return History()
        try:
            return History.model_validate_json(row[1])
        except ValidationError:
            return History()

    def keep(self, history: History) -> None:
        """Keep the history for the next look. Of two looks at once, one is remembered."""
        with self._opened() as database:
            database.execute(_KEEP, (_HISTORY, history.model_dump_json()))

    def _row(self, name: str) -> tuple[int, str] | None:
        if not self._path.exists():
            return None
        with self._opened() as database:
            row = database.execute(_READ, (name,)).fetchone()
        return None if row is None else (int(row[0]), str(row[1]))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Open it, and have each statement be a transaction of its own."""
        database: Any = None
        try:
            database = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)
            database.execute(_TABLE)
            yield database
        except sqlite3.Error as error:
            raise self._unreadable(str(error)) from None
        finally:
            if database is not None:
                database.close()

    def _unreadable(self, reason: str) -> StateError:
        return StateError(
            f"{self._path} cannot be used: {reason}",
            hint="If it is broken, remove it: restarts are counted anew then",
        )
