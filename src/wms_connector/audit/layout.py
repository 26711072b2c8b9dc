"""How the rows of one table are written down, the same way for both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from wms_connector.audit.canonical import converter
from wms_connector.audit.cells import MASKED, Column, UnavailableError, unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from wms_connector.events.records import Change
    from wms_connector.events.schema import Schema
    from wms_connector.model.table import Table

HASH_SIZE: Final = 16  # bytes: two of 10 million rows are alike by chance once in 10^24 audits


def identity(text: bytes) -> bytes:
    """Give a key as it is stored: itself if it is shorter than a hash, else its hash.

    The two never meet, for their lengths differ.
    """
    return text if len(text) < HASH_SIZE else blake2b(text, digest_size=HASH_SIZE).digest()


def digest(text: bytes) -> bytes:
    """Give a row's hash."""
    return blake2b(text, digest_size=HASH_SIZE).digest()


def number(hashed: bytes) -> int:
    """Give half of a row's hash as a number of 64 bits; 0 for no row."""
    return int.from_bytes(hashed[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's compared columns, those of the key first.

    A row is its cells (canonical.py) with tabs between; its key is the first `keys` of them. A
    table without a key (`keys` 0) is compared as a multiset of rows. `not_compared` names the
    other columns, with the reason. `estimate` is about how many rows there are. `whole`: whether
    the database logs the whole row before an update or a delete.
    """

    table: Table
    columns: tuple[Column, ...]
    keys: int
    not_compared: Mapping[str, str] = field(default_factory=dict)
    estimate: int = 0
    notes: tuple[str, ...] = ()
    whole: bool = True

    @property
    def key_names(self) -> tuple[str, ...]:
        """Names of the key's columns."""
        return tuple(column.name for column in self.columns[: self.keys])

    def key_of(self, line: bytes) -> bytes:
        """Cut the key out of a row; without a key, the whole row."""
        if self.keys == 1:
            return line.partition(b"\t")[0]
        return b"\t".join(line.split(b"\t", self.keys)[: self.keys]) if self.keys else line

    def mask(self, line: bytes, mask: int) -> bytes:
        """Leave out the columns whose bits are set."""
        cells = line.split(b"\t")
        return b"\t".join(
            MASKED.encode() if mask >> index & 1 else cell for index, cell in enumerate(cells)
        )

    def masked(self, mask: int) -> tuple[str, ...]:
        """Names of the columns whose bits are set."""
        return tuple(c.name for index, c in enumerate(self.columns) if mask >> index & 1)

    def key_text(self, key: bytes) -> str:
        """Write a key for people: `ID=7`."""
        cells = key.decode().split("\t")
        names = self.key_names or tuple(column.name for column in self.columns)
        return ",".join(
            f"{name}={'NULL' if cell is None else cell}"
            for name, cell in zip(names, map(unescape, cells), strict=True)
        )


def key_first(
    keys: Sequence[str], compared: Collection[str], left_out: Collection[str]
) -> tuple[tuple[str, ...], int, list[str]]:
    """Give the compared columns' order, how many of them are the key, and what to note about it.

    A key that has a column which is left out cannot be compared, and is none.
    """
    notes = []
    if any(name in left_out for name in keys):
        notes.append("its key cannot be compared: its rows are, as a multiset")
        keys = ()
    elif not keys:
        notes.append("it has no primary key: its rows are compared as a multiset")
    return (*keys, *(name for name in compared if name not in keys)), len(keys), notes


class RowEncoder:
    """Writes rows of events down as a layout wants them. Remembers what each schema needs."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._rows: dict[Schema | None, _Plan] = {}
        self._keys: dict[Schema | None, _Plan] = {}
        self._key_names = frozenset(layout.key_names)

    def row(self, row: Mapping[str, Any], schema: Schema | None) -> tuple[bytes, int]:
        """Give the row and the mask of the columns that the event has no comparable value of."""
        plan = self._rows.get(schema)
        if plan is None:
            plan = self._rows[schema] = _plan(self._layout.columns, schema)
        return _encode(plan, row)

    def key(self, change: Change) -> tuple[bytes, int]:
        """Give the key, and a mask that is not 0 if a part of it is not known.

        It is the record's own key, which partitions and compaction go by, or, where that is of
        other columns or missing, the key's columns of the row.
        """
        columns = self._layout.columns[: self._layout.keys]
        key = change.key
        if isinstance(key, dict) and key.keys() == self._key_names:
            schema = change.key_schema
            plan = self._keys.get(schema)
            if plan is None:
                plan = self._keys[schema] = _plan(columns, schema)
            return _encode(plan, key)
        return _encode(_plan(columns, change.schema), change.row or {})


_Plan = list[tuple[str, "Callable[[Any], str]"]]


def _plan(columns: tuple[Column, ...], schema: Schema | None) -> _Plan:
    fields = None if schema is None else schema.row
    plan: _Plan = []
    for column in columns:
        found = None if fields is None else fields.get(column.name)
        convert = None if fields is not None and found is None else converter(column, found)
        plan.append((column.name, convert or _never))
    return plan


def _never(_: Any) -> str:
    raise UnavailableError


def _encode(plan: _Plan, row: Mapping[str, Any]) -> tuple[bytes, int]:
    try:
        return "\t".join([convert(row[name]) for name, convert in plan]).encode(), 0
    except Exception:  # noqa: BLE001  (any value of anybody's: the slow way tells which column)
        return _encode_slowly(plan, row)


def _encode_slowly(plan: _Plan, row: Mapping[str, Any]) -> tuple[bytes, int]:
    cells, mask = [], 0
    for index, (name, convert) in enumerate(plan):
        try:
            cells.append(convert(row[name]))
        except (UnavailableError, KeyError) as error:
            if isinstance(error, KeyError) and name in row:
                cells.append(_odd(row[name]))
                continue
            cells.append(MASKED)
            mask |= 1 << index
        except Exception:  # noqa: BLE001
            # The value is not what its schema says: a difference, not something to leave out.
            cells.append(_odd(row[name]))
    return "\t".join(cells).encode(errors="surrogatepass"), mask


def _odd(value: Any) -> str:
    return "\\?" + "".join(c if c.isprintable() and c != "\\" else "?" for c in repr(value))
