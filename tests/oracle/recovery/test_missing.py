"""What the database no longer gives: logging, grants, a password, an account."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from tests.e2e.support import until
from tests.oracle.recovery.trial import SOON, Trial, keys

from wms_connector.connect.errors import FailedError
from wms_connector.local.standin.schema import CONNECTOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.standin.control import Standin

REVOKED = [
    ("LOGMINING", "privilege LOGMINING", {"insufficient-privileges"}),
    ("SELECT_CATALOG_ROLE", "role SELECT_CATALOG_ROLE", {"no-such-table-or-view"}),
]


AT_ONCE = 2.0  # s that the audit waits for what is missing: nothing more will come


@pytest.fixture
def unread(alone_on_the_worker: LocalRuntime, standin: Standin, tmp_path: Path) -> Iterator[Trial]:
    """A table that no connector reads yet."""
    with Trial(alone_on_the_worker, standin, tmp_path, overrides=SOON) as made:
        yield made


@pytest.fixture
def trial(unread: Trial) -> Trial:
    unread.begin()
    return unread


@pytest.mark.parametrize(("right", "check", "entries"), REVOKED)
def test_a_grant_is_revoked_while_it_runs(
    trial: Trial, right: str, check: str, entries: set[str]
) -> None:
    trial.standin.sql(f"REVOKE {right} FROM {CONNECTOR} CONTAINER=ALL")
    meanwhile = trial.insert()
    failed = trial.fails()
    assert entries <= keys(failed)
    assert {one["who"] for one in failed["explained"]} >= {"DBA"}
    assert check in trial.preflight()

    trial.admit()
    assert check not in trial.preflight()
    trial.restart()
    trial.arrives(meanwhile)
    trial.exact()


def test_a_grant_is_missing_at_the_start(unread: Trial) -> None:
    unread.owner(f"REVOKE SELECT ON {unread.path} FROM {CONNECTOR}")
    number = unread.insert()
    assert "select" in unread.preflight()
    with contextlib.suppress(FailedError):  # it fails a moment after its task has started
        unread.register()
    assert "insufficient-privileges" in keys(unread.fails())

    unread.admit()
    unread.begin()
    assert [change.op for change in unread.changes(number)] == ["r"]
    unread.exact()


def test_minimal_supplemental_logging_is_off(trial: Trial) -> None:
    trial.stop()
    trial.standin.sql("ALTER DATABASE DROP SUPPLEMENTAL LOG DATA")
    trial.command("resume")
    assert "no-supplemental-logging" in keys(trial.fails())
    assert "supplemental-minimal" in trial.preflight()

    trial.admit()
    trial.restart()
    trial.flows()
    trial.exact()


def test_a_table_without_supplemental_logging_gives_rows_that_are_not_there(trial: Trial) -> None:
    number = trial.insert()
    trial.arrives(number)
    trial.owner(f"ALTER TABLE {trial.path} DROP SUPPLEMENTAL LOG DATA (ALL) COLUMNS")
    assert "supplemental-all" in trial.preflight()
    trial.update(number, NOTE_TXT="nobody knows whose")
    [lost] = trial.reader.until(lambda change: change.op == "u", "an update")
    assert lost.key != {"ID": str(number)}
    report = trial.audited(seconds=AT_ONCE)
    assert (report.totals.different, report.totals.extra) == (1, 1)

    # Logged again, the row's next change is whole. What came under no key stays in the topic.
    trial.admit()
    trial.update(number, STAT_CD="DONE")
    _, whole = trial.arrives(number, count=2)
    assert (whole.after or {})["NOTE_TXT"] == "nobody knows whose"
    report = trial.audited(seconds=AT_ONCE)
    assert (report.totals.different, report.totals.missing, report.totals.extra) == (0, 0, 1)


def test_a_password_is_changed_and_the_worker_gets_it_later(trial: Trial) -> None:
    trial.mark()
    changed = SecretStr(f"w{secrets.token_hex(8)}")
    try:
        trial.lock_out(f'ALTER USER {CONNECTOR} IDENTIFIED BY "{changed.get_secret_value()}"')
        meanwhile = trial.insert()
        until(lambda: trial.said("ORA-01017", "Going to restart connector"), "attempts")
        assert trial.runs()
        assert "ORA-01017" in str(trial.status()["lag"])
    finally:
        trial.runtime.folder.keep_secret(CONNECTOR, changed)
        trial.replace_worker()
    trial.arrives(meanwhile)
    trial.exact()


def test_an_account_is_locked_for_a_while(trial: Trial) -> None:
    trial.mark()
    try:
        trial.lock_out(f"ALTER USER {CONNECTOR} ACCOUNT LOCK")
        meanwhile = trial.insert()
        until(lambda: trial.said("ORA-28000", "Going to restart connector"), "attempts")
        assert trial.runs()
        assert "ORA-28000" in str(trial.status()["lag"])
    finally:
        trial.standin.sql(f"ALTER USER {CONNECTOR} ACCOUNT UNLOCK")
    trial.arrives(meanwhile)
    trial.exact()
