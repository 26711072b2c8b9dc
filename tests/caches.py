"""Java's start-up caches, made once before the groups that start Java: `python -m tests.caches`.

A run that records, and writes the cache as it ends, takes some forty seconds of processor time, a
start without a cache six more than one with it (broker and worker together). Left to themselves,
groups that begin on a new machine at the same time each record; here one does, for all.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conftest import OFTEN

from wms_connector.local import aot, broker, lock, worker
from wms_connector.local.fetch import Cache
from wms_connector.local.java import java
from wms_connector.local.lock import Purpose
from wms_connector.local.runtime import LocalRuntime
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.places import default_cache


def are_there() -> bool:
    """Whether broker and worker have theirs; the stand-in's is made with them."""
    cache, artifacts = Cache(default_cache()), lock.load()

    def jars(purpose: Purpose) -> tuple[Path, ...]:
        return tuple(cache.path(one) for one in lock.select(artifacts, {purpose}))

    programs = (
        broker.program(jars(Purpose.BROKER)),
        worker.program((*jars(Purpose.WORKER), *jars(Purpose.METRICS))),
    )
    return all(aot.place(cache.folder, java(), program).is_file() for program in programs)


def main() -> int:
    """Start and stop a runtime on the stand-in, unless there is nothing to record."""
    if are_there():
        print("caches: there already")  # noqa: T201
        return 0
    pipeline = Pipeline.load(Path(__file__).parents[1] / OFTEN)
    with tempfile.TemporaryDirectory() as folder:
        runtime = LocalRuntime(
            Path(folder) / "state", pipeline, pipeline.stage("caches"), database="oracle"
        )
        try:
            runtime.up()
        finally:
            runtime.down(purge=True)
    print(f"caches: {'made' if are_there() else 'could not be made, starts are slower'}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
