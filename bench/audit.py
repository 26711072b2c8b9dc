"""How long the audit of a million rows takes, and how much memory.

.venv/bin/python bench/audit.py [rows]     starts a runtime of its own and removes it
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from wms_connector.audit import Step

STAGE = "bench-audit"
BATCH = 50_000
REPOSITORY = Path(__file__).parents[1]


def pipeline() -> Pipeline:
    return Pipeline.load(REPOSITORY / "pipeline.toml")


def measure(dsn: str, brokers: str, url: str) -> None:
    """Audit in a process of its own and print what it took."""
    import httpx
    import psycopg
    from confluent_kafka import Consumer

    from wms_connector.audit import Options, audit
    from wms_connector.audit.postgres import PostgresSource
    from wms_connector.events.reader import consumer_settings

    wms = pipeline()
    stage = wms.stage(STAGE)
    phases: dict[str, float] = {}
    begun = time.monotonic()

    def progress(step: Step) -> None:
        phases[step.phase] = round(time.monotonic() - begun, 1)

    def offsets() -> Any:
        name = wms.names(stage).connector
        return (
            httpx.get(f"{url}/connectors/{name}/offsets", timeout=60)
            .raise_for_status()
            .json()["offsets"]
        )

    client = {"bootstrap.servers": brokers}
    with psycopg.connect(dsn, autocommit=True) as connection:
        report = audit(
            PostgresSource(connection),
            {table: wms.data_topic(stage, table) for table in wms.captured},
            lambda committed: Consumer(consumer_settings(client, committed=committed)),
            offsets=offsets,
            progress=progress,
            options=Options(deadline=3600),
        )
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "ok": report.ok,
        "rows": report.totals.rows,
        "events": report.totals.events,
        "seconds": round(report.seconds, 1),
        "waited": round(report.waited, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": used.ru_maxrss // 1024,
        "phases_end": phases,
        "load": [round(load, 1) for load in os.getloadavg()],
    }
    print(json.dumps(told))


def main(rows: int) -> None:
    import psycopg

    from wms_connector.local.generator import prepare
    from wms_connector.local.runtime import LocalRuntime

    wms = pipeline()
    folder = Path(tempfile.mkdtemp(prefix="wms-connector-bench-"))
    runtime = LocalRuntime(folder / "state", wms, wms.stage(STAGE))
    try:
        status = runtime.up()
        with psycopg.connect(status.database_dsn) as connection:
            for done in range(0, rows, BATCH):
                prepare(connection, min(BATCH, rows - done))
                connection.commit()
        where = [status.database_dsn, status.bootstrap_servers, str(status.connect_url)]
        # The first waits for the connector; the second shows the audit alone.
        for _ in range(2):
            subprocess.run([sys.executable, __file__, "--measure", *where], check=True)
    finally:
        runtime.down(purge=True)
        folder.rmdir()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
