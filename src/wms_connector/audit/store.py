"""Hashes of rows and events on disk: written once in any order, read once in the order of keys.

SQLite is used for what it is good at here: a sort that is larger than memory. Nothing is indexed
and nothing is updated; a row costs some 30 bytes, an event some 60, and the sort as much again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from wms_connector.audit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

ROW_BYTES: Final = 100
EVENT_BYTES: Final = 180
"""What a row and an event may need on disk with the sort's own files, measured and rounded up."""

_CACHE_KIB: Final = 16 * 1024
_PRAGMAS: Final = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "page_size = 16384",
    f"cache_size = -{_CACHE_KIB}",
    "temp_store = FILE",
)


class Event(NamedTuple):
    """One event of a key, as it is stored.

    `digest` is the row's hash after the change, empty for a delete. `place` and `detail` tell
    where the source logged it. `mask` numbers the set of columns that it has no value of. `before`
    stands for the row that it replaced (`layout.number`), 0 for none, nothing if that is not known.
    `in_cut`: whether it belongs to the state that is compared; `committed`: whether a consumer
    that reads committed records sees it.
    """

    key: bytes
    op: str
    place: int
    detail: str
    digest: bytes
    partition: int
    offset: int
    in_cut: bool
    committed: bool
    mask: int
    before: int | None = None


class Masked(NamedTuple):
    """A key whose last event lacks columns, so that its row needs a second look."""

    key: bytes
    digest: bytes
    mask: int
    partition: int
    offset: int


class Store:
    """A temporary file in `folder` (the system's folder for such files unless one is given)."""

    def __init__(self, folder: Path | None = None, *, expected_bytes: int = 0) -> None:
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="wms-connector-audit-", dir=folder))
        except OSError as error:
            raise AuditError(
                f"no temporary folder can be made in {folder}: {error.strerror}",
                hint="Name a folder that exists and can be written",
            ) from None
        try:
            _check_space(self._folder, expected_bytes)
            # Read by SQLite whenever it begins a sort: its files belong beside ours.
            self._before = os.environ.get("SQLITE_TMPDIR")
            os.environ["SQLITE_TMPDIR"] = str(self._folder)
            self._db = sqlite3.connect(self._folder / "audit.db", isolation_level=None)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        for pragma in _PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("BEGIN")
        self._db.execute("CREATE TABLE tx (id PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._db.close()
        if self._before is None:
            os.environ.pop("SQLITE_TMPDIR", None)
        else:
            os.environ["SQLITE_TMPDIR"] = self._before
        shutil.rmtree(self._folder, ignore_errors=True)
        if isinstance(error, sqlite3.Error):
            raise AuditError(
                f"the audit's temporary file in {self._folder.parent} failed: {error}",
                hint="Check that the disk is not full, or name another folder",
            ) from error

    def add_transactions(self, ids: Iterable[str | int]) -> None:
        """Remember transactions of the source, each once."""
        self._db.executemany("INSERT OR IGNORE INTO tx VALUES (?)", ((one,) for one in ids))

    @property
    def transactions(self) -> int:
        """How many transactions there were."""
        return int(self._db.execute("SELECT count(*) FROM tx").fetchone()[0])

    def add_table(self, table: int) -> None:
        """Make room for a table, known by a number from here on."""
        self._db.execute(f"CREATE TABLE row_{table:d} (k BLOB, h BLOB)")
        self._db.execute(
            f"CREATE TABLE event_{table:d} (k BLOB, op TEXT, place INT, detail TEXT, h BLOB,"
            " part INT, off INT, cut INT, com INT, mask INT, prior INT)"
        )
        self._db.execute(
            f"CREATE TABLE masked_{table:d} (k BLOB PRIMARY KEY, h BLOB, mask INT, part INT,"
            " off INT) WITHOUT ROWID"
        )

    def add_rows(self, table: int, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Append (key, hash) of rows of the database."""
        self._db.executemany(f"INSERT INTO row_{table:d} VALUES (?, ?)", rows)  # noqa: S608

    def add_events(self, table: int, events: Iterable[Event]) -> None:
        """Append events."""
        self._db.executemany(
            f"INSERT INTO event_{table:d} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            events,
        )

    def add_masked(self, table: int, keys: Iterable[Masked]) -> None:
        """Put keys aside. They come in the keys' order, which makes this an append."""
        self._db.executemany(
            f"INSERT INTO masked_{table:d} VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            keys,
        )

    def clear_masked(self, table: int) -> None:
        """Forget the keys that were put aside."""
        self._db.execute(f"DELETE FROM masked_{table:d}")  # noqa: S608

    def rows(self, table: int) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, hash) in the order of keys."""
        return self._db.execute(f"SELECT k, h FROM row_{table:d} ORDER BY k")  # noqa: S608

    def events(self, table: int) -> Iterator[Event]:
        """Yield events by key, those that tell the same change one after the other."""
        found = self._db.execute(
            "SELECT k, op, place, detail, h, part, off, cut, com, mask, prior"  # noqa: S608
            f" FROM event_{table:d} ORDER BY k, op, place, detail, h, part, off"
        )
        return map(Event._make, found)

    def masked(self, table: int, key: bytes) -> Masked | None:
        """Look for a key that was put aside."""
        found = self._db.execute(
            f"SELECT k, h, mask, part, off FROM masked_{table:d} WHERE k = ?",  # noqa: S608
            (key,),
        ).fetchone()
        return None if found is None else Masked._make(found)


def _check_space(folder: Path, expected_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < expected_bytes:
        raise AuditError(
            f"the audit needs about {expected_bytes / 1e9:.1f} GB in {folder.parent}, "
            f"and {free / 1e9:.1f} GB are free",
            hint="Free some, or name another folder",
        )
