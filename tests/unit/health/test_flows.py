"""How far connectors are, by what their sources answer."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.clock import Clock

from wms_connector.connectors import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.health import flow_jdbc, flow_postgres
from wms_connector.health.flow_jdbc import MOST, ORACLE, POSTGRES, Position, Reading, Waiting
from wms_connector.health.flow_oracle import flow_oracle
from wms_connector.health.flows import Flows
from wms_connector.health.observation import UNASKED, Flow
from wms_connector.model.errors import WmsError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.oracle.headroom import Headroom
from wms_connector.oracle.lag import Lag
from wms_connector.oracle.offsets import Commit
from wms_connector.oracle.offsets import Position as Scns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SLOT = "wms_local"
CONFIG = {"connector.class": "io.debezium.connector.postgresql.PostgresConnector",
          "slot.name": SLOT}  # fmt: skip
T1, T2 = ("S", "A"), ("S", "B")
AT = datetime(2026, 1, 31, 12, 0, 0)  # noqa: DTZ001 - as a column without a zone has it


# Oracle


def lag(**more: Any) -> Lag:
    left = Headroom(False, 7.5, 24.0, 100, 1000.0)
    given: dict[str, Any] = {
        "position": Scns(200, (Commit(300, 1),)), "current_scn": 350, "seconds_behind": 4.0,
        "archive": left,
    }  # fmt: skip
    return Lag(**(given | more))


def test_oracle_in_its_own_terms() -> None:
    assert flow_oracle(lag()) == Flow(
        source="350", behind_seconds=4.0, waiting=50, unit="SCNs", headroom_hours=7.5
    )


def test_a_restart_point_that_is_purged() -> None:
    flow = flow_oracle(lag(archive=Headroom(True, 0.0, 24.0, 250, 1000.0)))
    assert flow.lost == (
        "the restart point, SCN 200, is purged: the oldest log that is kept begins at SCN 250"
    )
    assert flow.headroom_hours == 0


@pytest.mark.parametrize(("seconds", "told"), [(None, False), (59.0, False), (60.0, True)])
def test_a_log_that_waits_for_the_archiver_holds_up_after_a_minute(
    seconds: float | None, told: bool
) -> None:
    flow = flow_oracle(lag(archive=Headroom(False, 1.0, 1.0, 1, 1.0, 7, seconds)))
    assert bool(flow.held_up) is told
    assert flow.held_up in {"", "log 7 is full and not archived, for 60 s"}


def test_a_snapshot_and_what_is_unknown() -> None:
    flow = flow_oracle(
        lag(position=Scns(1, snapshot="INITIAL"), archive=None, unknown={"archive": "ORA-00942"})
    )
    assert flow.in_snapshot
    assert flow.unknown == {"archive": "ORA-00942"}
    assert (flow.lost, flow.held_up, flow.headroom_hours) == ("", "", None)


def test_before_the_first_offset_only_the_source_is_known() -> None:
    assert flow_oracle(Lag(current_scn=5, unknown={"offset": "none"})) == Flow(
        source="5", unit="SCNs"
    )
    assert flow_oracle(Lag()).source is None


# PostgreSQL


def row(**more: Any) -> dict[str, Any]:
    return {"wal": 1000, "slot": SLOT, "restart": 700, "kept": "reserved", "confirmed": 800} | more


def entry(**more: Any) -> list[dict[str, Any]]:
    offset = {"lsn": 900, "ts_usec": 50_000_000} | more
    return [{"partition": {"server": "x"}, "offset": offset}]


class Postgres:
    """A PostgreSQL that gives one row after the other, the last one for ever."""

    def __init__(self, *rows: Mapping[str, Any] | Exception) -> None:
        self.rows, self.asked, self.clock = list(rows), 0, Clock()
        self.clock.now = 60.0

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None]]:
        def ask(sql: str, binds: Mapping[str, Any]) -> Mapping[str, Any] | None:
            assert "pg_replication_slots" in sql
            assert binds == {"slot": SLOT}
            found = self.rows[min(self.asked, len(self.rows) - 1)]
            self.asked += 1
            if isinstance(found, Exception):
                raise found
            return found

        yield ask

    def flows(self) -> Flows:
        return Flows(postgres=self, clock=self.clock, sleep=self.clock.sleep)


def test_bytes_and_seconds_behind_postgresql() -> None:
    source = Postgres(row())
    source.clock.now = 55.0
    flows = source.flows()
    assert flows("c", CONFIG, entry()) == Flow(
        source="1000", behind_seconds=5.0, waiting=100, unit="bytes"
    )
    told = flows.told["c"]
    assert told.value == {"lsn": 900, "bytes_behind": 100, "seconds_behind": 5.0,
                          "last_change_seconds": 5.0, "slot_bytes": 300}  # fmt: skip
    assert list(told.lines) == [
        "behind PostgreSQL: 100 bytes, 5 s; the last change read is 5 s old"
    ]
    assert source.asked == 1


def test_an_idle_database_is_not_behind_because_nobody_changes_a_row() -> None:
    """The offset's time is an hour old, its position goes on with each heartbeat."""
    source = Postgres(row(), row(wal=1050, confirmed=950), row(wal=1100, confirmed=1000))
    source.clock.now = 3650.0
    flow = source.flows()("c", CONFIG, entry())
    assert flow is not None
    assert flow.behind_seconds == 2.0
    assert (flow.waiting, source.asked) == (100, 3)


def test_the_next_look_knows_where_the_log_stood_and_waits_for_nothing() -> None:
    source = Postgres(row())
    source.clock.now = 3650.0
    flows = source.flows()
    first = flows("c", CONFIG, entry())
    assert first is not None
    assert first.behind_seconds == 3604.0  # nothing was delivered while it waited
    asked = source.asked
    source.rows, source.clock.now = [row(wal=5000)], 3700.0
    later = flows("c", CONFIG, entry(lsn=1000))
    assert later is not None
    assert later.behind_seconds == 50.0
    assert source.asked == asked + 1


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"slot": None, "restart": None, "kept": None, "confirmed": None}, "is gone"),
        ({"kept": "lost"}, "was thrown away"),
        ({"kept": "extended"}, ""),
        ({"kept": "unreserved"}, ""),
    ],
)
def test_a_slot_that_cannot_be_read_any_more(changes: dict[str, Any], lost: str) -> None:
    source = Postgres(row(**changes))
    flows = source.flows()
    flow = flows("c", CONFIG, entry())
    assert flow is not None
    assert (lost in flow.lost) if lost else not flow.lost
    assert flow.headroom_hours is None


def test_before_its_first_offset_a_connector_has_lost_nothing() -> None:
    source = Postgres(row(slot=None, restart=None, kept=None, confirmed=None))
    flows = source.flows()
    assert flows("c", CONFIG, []) == Flow(source="1000", unit="bytes")
    assert (flows.told, source.asked) == ({}, 1)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        ({}, False),
        ({"snapshot": "INITIAL"}, True),
        ({"snapshot": True}, True),
        ({"snapshot": False}, False),
        ({"snapshot": "INITIAL", "last_snapshot_record": True}, False),
        ({"snapshot": "INITIAL", "snapshot_completed": "true"}, False),
    ],
)
def test_a_snapshot_is_known_by_the_offset(offset: dict[str, Any], expected: bool) -> None:
    flow = flow_postgres.flow_postgres(SLOT, row(), {"lsn": 1, **offset}, 60.0)
    assert flow.in_snapshot is expected


def test_without_any_time_seconds_are_unknown() -> None:
    flow = flow_postgres.flow_postgres(SLOT, row(slot=None), {"lsn": 900}, 60.0)
    assert flow.behind_seconds is None
    told = flow_postgres.told(flow, row(), {"lsn": 900}, 60.0)
    assert told is not None
    assert list(told.lines) == ["behind PostgreSQL: 100 bytes"]


def test_a_database_that_does_not_answer_is_part_of_the_flow() -> None:
    source = Postgres(row(), WmsError("the database cannot be reached: refused"))
    flows = source.flows()
    source.clock.now = 52.0
    assert flows("c", CONFIG, entry()) is not None
    assert flows("c", CONFIG, entry()) == Flow(
        unknown={UNASKED: "the database cannot be reached: refused"}
    )
    assert list(flows.told["c"].lines) == ["lag unknown: the database cannot be reached: refused"]


@pytest.mark.parametrize(
    "kind",
    ["a.OracleConnector", "a.PostgresConnector", "a.JdbcSourceConnector", "a.FileStream", None],
)
def test_where_no_database_is_known_there_is_no_flow(kind: str | None) -> None:
    assert Flows()("c", {"connector.class": kind}, []) is None
    assert Flows(oracle=lambda: None)("c", {"connector.class": kind}, []) is None


# JDBC


def reading(*columns: str, incrementing: str | None = None, zone: str = "UTC") -> Reading:
    return Reading((T1, T2), columns or ("U", "A"), incrementing, ZoneInfo(zone))


@pytest.mark.parametrize("plugin", ["io.confluent.connect.jdbc.", "io.aiven.connect.jdbc."])
@pytest.mark.parametrize("vendor", ["oracle", "postgres"])
def test_it_reads_what_this_product_renders(plugin: str, vendor: Any) -> None:
    pipeline = Pipeline.parse(
        'connector = "jdbc"\ntables = ["WMS.T_A", "WMS.T_B"]\n[jdbc]\n'
        f'connector_class = "{plugin}JdbcSourceConnector"\ntimestamp_columns = ["U", "A"]\n'
        'mode = "timestamp+incrementing"\nincrementing_column = "ID"\ndb_timezone = "Europe/Rome"\n'
    )
    [config] = render(
        pipeline,
        pipeline.stage("main"),
        database=DatabaseShape(vendor=vendor),
        security=KafkaSecurity.PLAINTEXT,
    ).values()
    assert Reading.of(config) == Reading(
        (("WMS", "T_A"), ("WMS", "T_B")), ("U", "A"), "ID", ZoneInfo("Europe/Rome")
    )


def test_an_incrementing_column_counts_only_in_its_mode() -> None:
    assert Reading.of({"incrementing.column.name": "ID", "mode": "timestamp"}).incrementing is None


def of_table(table: str, **offset: Any) -> dict[str, Any]:
    return {"partition": {"protocol": "1", "table": table}, "offset": offset}


@given(
    moment=st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/Phoenix"]),
)
def test_an_offset_becomes_the_column_s_value_again(moment: datetime, zone: str) -> None:
    """Zones without a change of clocks: in the hour that comes twice nobody can tell."""
    place = ZoneInfo(zone)
    since = moment.replace(tzinfo=place) - datetime(1970, 1, 1, tzinfo=UTC)
    milliseconds = since // timedelta(milliseconds=1)
    entry = of_table("S.A", timestamp=milliseconds, timestamp_nanos=moment.microsecond * 1000)
    found = flow_jdbc.positions([entry], place)
    assert found[T1].timestamp == moment


def test_forms_of_offsets() -> None:
    entries = [
        of_table('db."S"."A"', timestamp=1000, timestamp_nanos=1, incrementing=7),
        of_table("S.B", timestamp=1500),
        of_table("S.C", timestamp="text"),
        {"partition": {}, "offset": {"timestamp": 1}},
        {"partition": {"table": "S.D"}, "offset": None},
    ]
    found = flow_jdbc.positions(entries, UTC)
    assert found == {
        T1: Position(datetime(1970, 1, 1, 0, 0, 1, 1), 7),  # noqa: DTZ001 - rounded up
        T2: Position(datetime(1970, 1, 1, 0, 0, 1, 501_000)),  # noqa: DTZ001
    }


def test_the_question_is_what_the_connector_would_read_next() -> None:
    sql, binds = flow_jdbc.question(POSTGRES, reading(), T1, Position(AT))
    assert sql == (
        "SELECT COUNT(*) AS waits, MIN(at_time) AS oldest, MAX(at_time) AS newest FROM ("
        'SELECT COALESCE("U", "A") AS at_time FROM "S"."A" WHERE COALESCE("U", "A") > %(since)s'
        ' ORDER BY COALESCE("U", "A") FETCH FIRST 10001 ROWS ONLY) beyond'
    )
    assert binds == {"since": AT}
    sql, binds = flow_jdbc.question(ORACLE, reading("A", incrementing="I"), T1, Position(AT, 5))
    assert 'WHERE "A" > :since OR ("A" = :since AND "I" > :number) ORDER' in sql
    assert binds == {"since": AT, "number": 5}
    sql, binds = flow_jdbc.question(ORACLE, reading("A"), ("S", 'A"; --'), None)
    assert 'FROM "S"."A""; --" WHERE "A" IS NOT NULL ORDER' in sql
    assert binds == {}


class Tables:
    """Tables that answer by name; what is asked of one is kept."""

    def __init__(self, **rows: Mapping[str, Any] | None) -> None:
        self.rows, self.asked = rows, []

    def __call__(self, sql: str, binds: Mapping[str, Any]) -> Mapping[str, Any] | None:
        del binds
        name = sql.split('"S"."')[1][0]
        self.asked.append(name)
        return {"newest": AT} if sql.startswith("SELECT MAX(") else self.rows[name]


def test_what_waits_in_each_table() -> None:
    late, early = AT - timedelta(seconds=5), AT - timedelta(seconds=90)
    ask = Tables(A={"waits": 3, "oldest": late, "newest": AT}, B=None)
    positions = {T2: Position(early)}
    waiting = flow_jdbc.ask_all(ask, POSTGRES, reading(), positions)
    assert waiting == {T1: Waiting(3, late, AT), T2: Waiting(0, None, None)}
    now = AT.replace(tzinfo=UTC).timestamp()
    flow = flow_jdbc.flow_jdbc(now, UTC, positions, waiting)
    assert (flow.behind_seconds, flow.waiting, flow.unit) == (5.0, 3, "rows")
    assert flow.source == f"S.A={AT.isoformat()};S.B={early.isoformat()}"
    told = flow_jdbc.told(waiting, now, UTC)
    assert list(told.lines) == ["behind S.A: 3 rows, the oldest is 5 s old", "behind S.B: 0 rows"]
    assert told.value["tables"]["S.A"] == {"rows_waiting": 3, "seconds_behind": 5}


def test_a_count_ends_and_the_source_is_told_all_the_same() -> None:
    """The newest of the first 10,001 would stand still while rows come in."""
    old = AT - timedelta(hours=1)
    ask = Tables(A={"waits": MOST, "oldest": old, "newest": old}, B=None)
    waiting = flow_jdbc.ask_all(ask, POSTGRES, reading(), {})
    assert waiting[T1] == Waiting(MOST, old, AT)
    assert ask.asked == ["A", "A", "B"]
    told = flow_jdbc.told(waiting, old.replace(tzinfo=UTC).timestamp(), UTC)
    assert told.lines[0] == "behind S.A: more than 10,000 rows, the oldest is 0 s old"


def test_a_table_that_nobody_changes_is_read_to_its_end() -> None:
    flow = flow_jdbc.flow_jdbc(9e9, UTC, {T1: Position(AT)}, {T1: Waiting(0, None, None)})
    assert flow.behind_seconds == 0
    assert flow.source == f"S.A={AT.isoformat()}"
    assert flow_jdbc.flow_jdbc(9e9, UTC, {}, {T1: Waiting(0, None, None)}).source == "S.A="


@pytest.mark.parametrize(("minutes", "behind"), [(30, 60.0), (90, 60.0), (120, 1_860.0)])
def test_the_hour_that_comes_twice_is_no_hour_of_lag(minutes: int, behind: float) -> None:
    """At 3:00 of 25 October 2026 clocks in Rome go back to 2:00; a row is one minute old."""
    rome = ZoneInfo("Europe/Rome")
    two = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 2:00 there, for the first time
    now = two + timedelta(minutes=minutes)
    written = min(now, two + timedelta(minutes=90)) - timedelta(minutes=1)
    column = written.astimezone(rome).replace(tzinfo=None)
    flow = flow_jdbc.flow_jdbc(now.timestamp(), rome, {}, {T1: Waiting(1, column, column)})
    assert flow.behind_seconds == behind


def test_a_column_with_a_zone_is_what_it_says() -> None:
    aware = AT.replace(tzinfo=UTC)
    flow = flow_jdbc.flow_jdbc(
        aware.timestamp() + 7, ZoneInfo("Asia/Tokyo"), {}, {T1: Waiting(1, aware, aware)}
    )
    assert flow.behind_seconds == 7


JDBC = {"connector.class": "io.confluent.connect.jdbc.JdbcSourceConnector",
        "table.whitelist": "S.A", "timestamp.column.name": "A"}  # fmt: skip


class Oracle:
    """oracle.database.Database, as far as a question of rows goes."""

    def __init__(self) -> None:
        self.left = False

    def one(self, sql: str, **binds: Any) -> dict[str, Any]:
        assert ":since" in sql or not binds
        return {"WAITS": 2, "OLDEST": AT, "NEWEST": AT}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.left = True


def test_jdbc_over_either_database() -> None:
    now = AT.replace(tzinfo=UTC).timestamp() + 3
    database = Oracle()
    flows = Flows(oracle=lambda: database, clock=lambda: now)  # type: ignore[arg-type,return-value]
    entries = [of_table("S.A", timestamp=1)]
    flow = flows("c", JDBC, entries)
    assert flow is not None
    assert (flow.waiting, flow.behind_seconds, database.left) == (2, 3.0, True)

    @contextlib.contextmanager
    def postgres() -> Iterator[Any]:
        yield Tables(A={"waits": 2, "oldest": AT, "newest": AT})

    assert Flows(postgres=postgres, clock=lambda: now)("c", JDBC, entries) == flow
