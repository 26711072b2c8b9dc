"""Lag and headroom, asked of the stand-in with the connector's rights and with fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.support import until

from wms_connector.oracle.lag import Lag, observe_lag

if TYPE_CHECKING:
    from tests.oracle.breakable import Breakable

    from wms_connector.oracle.database import Database


def observed(scene: Breakable, database: Database) -> Lag:
    entries = scene.wms("offsets", "--json").json[scene.names.connector]
    return observe_lag(database, entries)


def streaming(scene: Breakable) -> None:
    with scene.reader() as reader:
        number = scene.new()
        scene.insert(number)
        reader.until_key(number, "a row")


def test_with_the_connector_s_rights_nothing_is_unknown(scene: Breakable) -> None:
    streaming(scene)
    with scene.as_connector() as database:
        lag = observed(scene, database)
    assert lag.unknown == {}
    assert lag.position is not None
    assert lag.scn_behind is not None
    assert lag.current_scn is not None
    assert lag.current_scn > lag.position.scn
    assert lag.seconds_behind is not None
    assert lag.archive is not None
    assert not lag.archive.purged


def test_an_open_transaction_holds_the_restart_point(scene: Breakable) -> None:
    streaming(scene)
    with scene.session() as session, scene.as_connector() as database:
        scene.insert(scene.new(), session)
        begun = database.scalar("SELECT MIN(START_SCN) FROM V$TRANSACTION")
        streaming(scene)
        streaming(scene)
        lag = observed(scene, database)
        assert lag.oldest is not None
        assert lag.oldest.scn == int(begun)
        assert lag.oldest.holds
        assert lag.position is not None
        assert lag.position.scn < int(begun) <= lag.position.delivered
        told = scene.wms("status").out
        assert "and holds the restart point" in told
        session.rollback()


def test_hours_left_are_told_once_a_log_was_deleted(scene: Breakable) -> None:
    streaming(scene)
    scene.control.switch_log()
    streaming(scene)  # the restart point is in the log after that one
    with scene.as_connector() as database:
        kept = int(database.scalar("SELECT COUNT(*) FROM V$ARCHIVED_LOG WHERE STATUS = 'A'"))
        until(
            lambda: (
                observed(scene, database).position.scn  # type: ignore[union-attr]
                > int(database.scalar("SELECT MAX(NEXT_CHANGE#) FROM V$ARCHIVED_LOG"))
            ),
            "the restart point is in an online log",
        )
        scene.control.switch_log()
        scene.control.purge(keep=1)
        assert kept >= 1
        lag = observed(scene, database)
    assert lag.archive is not None
    assert not lag.archive.purged
    assert lag.archive.hours_left is not None
    assert lag.archive.hours_kept is not None
    assert 0 <= lag.archive.hours_left <= lag.archive.hours_kept


def test_without_rights_the_rest_is_told_all_the_same(scene: Breakable) -> None:
    streaming(scene)
    with scene.session("WMS") as database:  # an owner of tables sees no V$ view
        lag = observed(scene, database)
    assert lag.archive is None
    assert lag.oldest is None
    assert {"archive", "transactions"} <= set(lag.unknown)
    assert lag.scn_behind is not None  # by TIMESTAMP_TO_SCN, which everybody may ask
