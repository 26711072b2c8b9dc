"""What the audit's tests need of the running runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.audit_bench import Bench as AnyBench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


@dataclass
class Bench(AnyBench):
    """The runtime with PostgreSQL."""

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.local.database_dsn, autocommit=True)


@pytest.fixture(scope="module")
def bench(runtime: LocalRuntime, pipeline: Pipeline, stage: Stage) -> Iterator[Bench]:
    names = pipeline.names(stage)
    topics = {table: names.debezium_topic(table) for table in pipeline.tables}
    made = Bench(runtime.status(), pipeline, names.connector, topics)
    yield made
    made.close()
