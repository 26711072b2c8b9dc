"""A snapshot of what was there, then every change as it was made."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.e2e.support import (
    PREPARED,
    Reader,
    assert_exact,
    audited,
    flows,
    insert_waiver,
    new_number,
    snapshot_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime

BASE = '"WMS"."PLAN_BASE_WVR_TBL"'


@pytest.fixture
def reader_of_all(runtime: LocalRuntime) -> Iterator[Reader]:
    """Reads from the beginning of the topics."""
    with Reader.of(runtime, from_beginning=True) as reader:
        yield reader


@pytest.fixture
def database(runtime: LocalRuntime) -> Iterator[psycopg.Connection[Any]]:
    """A connection that commits each statement."""
    with psycopg.connect(runtime.status().database_dsn, autocommit=True) as connection:
        yield connection


def test_the_snapshot_brings_every_prepared_row_once(
    reader_of_all: Reader, runtime: LocalRuntime
) -> None:
    reader = reader_of_all
    reader.until(lambda change: change.op == "r", "the snapshot", count=PREPARED)
    read = [change for change in reader.changes if change.op == "r"]
    assert len(read) == PREPARED
    assert len({(change.table, str(change.key)) for change in read}) == PREPARED
    assert set(Counter(change.table for change in read)) == {
        str(t) for t in runtime.pipeline.tables
    }
    assert all(change.before is None and change.snapshot != "false" for change in read)


def test_insert_update_and_delete_carry_the_row_before_and_after(
    reader: Reader, database: psycopg.Connection[Any], runtime: LocalRuntime
) -> None:
    number = new_number()
    insert_waiver(database, number, PRTY_NBR=7)
    database.execute(
        f'UPDATE {BASE} SET "PRTY_NBR" = 8 WHERE "PLAN_WVR_ID" = %s'.encode(), [number]
    )
    database.execute(f'DELETE FROM {BASE} WHERE "PLAN_WVR_ID" = %s'.encode(), [number])
    reader.until_key(number, "three changes", count=3)

    inserted, updated, deleted = reader.of_key(number)
    assert [inserted.op, updated.op, deleted.op] == ["c", "u", "d"]
    assert inserted.before is None
    assert inserted.after is not None
    assert updated.before == inserted.after
    assert updated.after is not None
    assert (inserted.after["PRTY_NBR"], updated.after["PRTY_NBR"]) == ("7", "8")
    assert deleted.before == updated.after
    assert deleted.after is None
    assert {change.partition for change in (inserted, updated, deleted)} == {inserted.partition}
    assert inserted.key == {"PLAN_WVR_ID": str(number)}
    flows(reader, runtime.status())  # what came before it is there
    assert len(reader.tombstones(number)) == 1


def test_values_can_be_read_by_anybody(reader: Reader, database: psycopg.Connection[Any]) -> None:
    number = new_number()
    insert_waiver(
        database,
        number,
        PLAN_QTY="12345678901.230",
        WEIGHT_KG="0.1000",
        TOLRNC_PCT=None,
        PLAN_END_DT="2026-12-31",
        RELEASED_TS="2026-03-29 02:30:00.123456",
        NOTE_TXT="Grüße 東京 🚚 'quoted' \\ \n\t end",
        HOT_FLG="Y",
    )
    [change] = reader.until_key(number, "the insert")
    row = change.after
    assert row is not None
    assert row["PLAN_QTY"] == "12345678901.230"
    assert row["WEIGHT_KG"] == "0.1000"
    assert row["TOLRNC_PCT"] is None
    assert row["NOTE_TXT"] == "Grüße 東京 🚚 'quoted' \\ \n\t end"
    assert row["HOT_FLG"] == "Y"
    assert date.fromordinal(date(1970, 1, 1).toordinal() + row["PLAN_END_DT"]) == date(2026, 12, 31)
    released = datetime.fromtimestamp(row["RELEASED_TS"] // 1_000_000, UTC)
    assert released.replace(tzinfo=None) == datetime(2026, 3, 29, 2, 30)  # noqa: DTZ001
    assert row["RELEASED_TS"] % 1_000_000 == 123_456


def test_what_is_rolled_back_never_arrives(reader: Reader, runtime: LocalRuntime) -> None:
    gone, partly, kept = new_number(), new_number(), new_number()
    with psycopg.connect(runtime.status().database_dsn) as connection:
        insert_waiver(connection, gone)
        connection.rollback()
        insert_waiver(connection, kept)
        with connection.transaction():
            insert_waiver(connection, partly)
            raise psycopg.Rollback  # of this part alone, to a savepoint
    flows(reader, runtime.status())
    assert [change.op for change in reader.of_key(kept)] == ["c"]
    assert reader.of_key(gone) == reader.of_key(partly) == []


def test_rows_of_a_transaction_name_it(reader: Reader, runtime: LocalRuntime) -> None:
    numbers = [new_number() for _ in range(20)]
    with psycopg.connect(runtime.status().database_dsn) as connection:
        for number in numbers:
            insert_waiver(connection, number)
    flows(reader, runtime.status())
    changes = [change for number in numbers for change in reader.of_key(number)]
    assert len(changes) == len(numbers)
    assert len({change.transaction for change in changes}) == 1


def test_a_changed_key_is_a_delete_and_an_insert(
    reader: Reader, database: psycopg.Connection[Any]
) -> None:
    old, new = new_number(), new_number()
    insert_waiver(database, old)
    database.execute(
        f'UPDATE {BASE} SET "PLAN_WVR_ID" = %s WHERE "PLAN_WVR_ID" = %s'.encode(), [new, old]
    )
    reader.until_key(new, "the new key")
    assert [change.op for change in reader.of_key(old)] == ["c", "d"]
    assert [change.op for change in reader.of_key(new)] == ["c"]


def test_a_long_text_is_whole_although_another_column_changed(
    reader: Reader, database: psycopg.Connection[Any]
) -> None:
    number = new_number()
    text = "".join(f"line {line}: carrier slot\n" for line in range(20_000))
    insert_waiver(database, number, NOTE_TXT=text)
    database.execute(
        f'UPDATE {BASE} SET "STAT_CD" = %s WHERE "PLAN_WVR_ID" = %s'.encode(), ["HELD", number]
    )
    reader.until_key(number, "both changes", count=2)
    _, updated = reader.of_key(number)
    assert updated.before is not None
    assert updated.after is not None
    assert updated.before["NOTE_TXT"] == updated.after["NOTE_TXT"] == text


def test_truncate_arrives(reader: Reader, database: psycopg.Connection[Any]) -> None:
    database.execute('TRUNCATE "MMDL"."PLAN_WVR_RVSN_TBL"')
    [truncated] = reader.until(lambda change: change.op == "t", "the truncate")[-1:]
    assert truncated.table == "MMDL.PLAN_WVR_RVSN_TBL"
    assert truncated.before is truncated.after is None


def test_all_of_this_is_exact_and_was_one_snapshot(
    reader_of_all: Reader, runtime: LocalRuntime
) -> None:
    report = audited(runtime)
    assert_exact(report)
    assert snapshot_rows(reader_of_all) == PREPARED
    assert report.totals.events == len(reader_of_all.changes)
