"""Real faults: what watch and the check in AWS find, after how long, and how soon it has healed.

.venv/bin/python -m bench.health     starts a runtime of its own and removes it
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from moto import mock_aws
from tests.e2e.support import Reader, Writer, prepared, until
from tests.health.faults import HEAL, SNAPSHOT, WORKER
from tests.health.scene import Function, Scene, Took, found, ids_of, suffered
from tests.health.test_faults import CHANGES, FROZEN, HASTY, LIMIT, burst, limited

from wms_connector.local.runtime import LocalRuntime
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ROWS = 400
GIVES_UP = 10.0  # seconds after which a task has not failed


def main() -> None:
    """Have one fault after the other happen, and print a row for each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    logging.disable(logging.ERROR)  # the function's own log
    os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    pipeline = Pipeline.load(ROOT / "pipeline.toml")
    with tempfile.TemporaryDirectory(prefix="wms-connector-bench-") as folder:
        runtime = LocalRuntime(
            Path(folder) / "state", pipeline, pipeline.stage("bench"), prepare=prepared(ROWS)
        )
        try:
            runtime.up()
            with mock_aws():
                for name, took, says in measured(Scene(runtime, Function(runtime))):
                    tell(name, took, says, as_json=chosen.json)
        finally:
            runtime.down(purge=True)


def measured(scene: Scene) -> Iterator[tuple[str, Took, str]]:
    scene.flows()
    for fault in (*HEAL, WORKER):
        yield fault.name, suffered(scene, fault), fault.says
    yield "broker hangs, task FAILED", frozen(scene), "the check restarts it"
    for fault in SNAPSHOT:
        yield fault.name, suffered(scene, fault), fault.says


def frozen(scene: Scene) -> Took:
    """Freeze the broker while a transaction is open, with a limit on it that is shorter."""
    runtime = scene.runtime
    with limited(scene, {LIMIT: HASTY}):
        runtime.replace("worker-1")
        scene.well()
        scene.flows()
        with Writer(runtime.status().database_dsn) as writer:
            took = until(lambda: hung(scene, writer), "a task that FAILED")
    runtime.replace("worker-1")
    scene.well()
    return took


def hung(scene: Scene, writer: Writer) -> Took | None:
    writer.until_written(50)
    with Reader.of(scene.runtime) as reader:
        number = burst(scene, CHANGES)
        reader.until(lambda change: number in str(change.after), "the first of many changes")
        scene.runtime.kill("broker", signal.SIGSTOP)
    time.sleep(FROZEN)
    scene.runtime.kill("broker", signal.SIGCONT)
    began = time.monotonic()
    while "task-failed" not in (seen := found(scene.laptop.look())):
        if time.monotonic() - began > GIVES_UP:
            return None
    noticed = time.monotonic() - began
    ids = ids_of(scene.function.check())  # which restarts it
    began = time.monotonic()
    scene.well()
    scene.flows()
    return Took(noticed, time.monotonic() - began, seen, ids)


def tell(name: str, took: Took, says: str, *, as_json: bool) -> None:
    if as_json:
        value = {"fault": name, "noticed": took.noticed, "healed": took.healed, "after": says,
                 "watch": sorted(took.watch), "function": sorted(took.function)}  # fmt: skip
        print(json.dumps(value), flush=True)
        return
    watch, function = (", ".join(sorted(ids)) or "-" for ids in (took.watch, took.function))
    print(
        f"| {name} | {watch} | {function} | {took.noticed:.1f} s | {says} | {took.healed:.1f} s |",
        flush=True,
    )


if __name__ == "__main__":
    main()
