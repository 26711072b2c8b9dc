"""Tables of the user's own: pgbench's, under pgbench's load, through `local up --tables`."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.e2e.command import Wms
from tests.e2e.support import Reader

from wms_connector.local.control import LocalControl
from wms_connector.local.postgres import programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PGBENCH = programs() / "pgbench"
TABLES = [f"public.pgbench_{name}" for name in ("accounts", "branches", "tellers", "history")]
TRANSACTIONS = 400
ACCOUNTS = 10_000  # of the 100,000 that pgbench makes; the long form has them all

pytestmark = pytest.mark.skipif(not PGBENCH.is_file(), reason=f"there is no {PGBENCH}")


@pytest.fixture
def command(session_folder: Path) -> Iterator[Wms]:
    control = LocalControl(session_folder / "pgbench")
    yield Wms(control, "bank")
    control.down(purge=True)


def pgbench(*options: str, dsn: str) -> None:
    subprocess.run(
        [PGBENCH, *options, dsn],
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"]},
    )


def exact_under_load(command: Wms, accounts: int) -> None:
    refused = command("local", "up", "--tables", ",".join(TABLES))
    assert refused.status == 1
    assert "the database has no public.pgbench_accounts" in refused.err
    dsn = command("local", "status", "--json").json["database_dsn"]
    pgbench("--initialize", "--quiet", "--init-steps=dtgvp", dsn=dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute("DELETE FROM pgbench_accounts WHERE aid > %s", [accounts])

    up = command("local", "up", "--tables", ",".join(TABLES), "--json")
    assert (up.status, up.json["started"]) == (0, [])
    load = [f"--transactions={TRANSACTIONS // 2}", "--client=2", "--no-vacuum"]
    pgbench(*load, dsn=dsn)

    report = command("audit", "--json")
    assert report.status == 0, report
    assert {table["table"]: table["rows"] for table in report.json["tables"]} == {
        "public.pgbench_accounts": accounts,
        "public.pgbench_branches": 1,
        "public.pgbench_tellers": 10,
        "public.pgbench_history": TRANSACTIONS,
    }
    totals = report.json["totals"]
    assert totals["missing"] == totals["extra"] == totals["different"] == totals["duplicates"] == 0

    [topic] = [t["topic"] for t in report.json["tables"] if t["rows"] == 1]
    with Reader(command.control.status(), [topic], from_beginning=True) as reader:
        [read] = reader.until(lambda change: change.op == "r", "the branch")
    assert read.after == {"bid": 1, "bbalance": 0, "filler": None}


def test_pgbench_is_exact_under_its_own_load(command: Wms) -> None:
    exact_under_load(command, ACCOUNTS)


@pytest.mark.usefixtures("long")
def test_pgbench_is_exact_with_all_its_accounts(command: Wms) -> None:
    exact_under_load(command, 100_000)
