"""A folder keeps its database: another one is refused, before anything is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wms_connector.local.errors import StateError
from wms_connector.local.runtime import LocalRuntime
from wms_connector.local.sources import source
from wms_connector.local.state import External, State
from wms_connector.model.errors import UsageError
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

WMS = Pipeline.parse('product = "wms"\ntables = ["WMS.A"]\n')
STATE = State(stage="local", product="wms", cluster_id="c", database="wms", user="wms")
THEIRS = External(connector="u@h:1/s", application="u@h:1/s")


@pytest.mark.parametrize(
    ("there", "asked", "told"),
    [
        ({}, {"database": "oracle"}, "PostgreSQL, not the Oracle stand-in"),
        ({}, {"external": THEIRS}, "PostgreSQL, not your Oracle at h:1/s"),
        ({"source": "oracle"}, {"database": "postgres"}, "the Oracle stand-in, not PostgreSQL"),
        (
            {"source": "oracle", "external": THEIRS},
            {"database": "oracle"},
            "your Oracle at h:1/s, not the Oracle stand-in",
        ),
        (
            {"source": "oracle", "external": THEIRS},
            {"external": THEIRS.model_copy(update={"connector": "u@h:1/t"})},
            "your Oracle at h:1/s, not your Oracle at h:1/t",
        ),
    ],
)
def test_another_database_than_the_folders_is_refused(there, asked, told, tmp_path: Path) -> None:
    runtime = LocalRuntime(tmp_path, WMS, WMS.stage("local"), **asked)
    runtime.folder.make()
    runtime.folder.write(STATE.model_copy(update=there))
    with pytest.raises(StateError, match=f"the database of .* is {told}"):
        runtime.up()
    assert runtime.recorded().ports == {}


def test_the_stand_in_answers_debezium_only(tmp_path: Path) -> None:
    jdbc = WMS.model_copy(update={"connector": "jdbc"})
    with pytest.raises(UsageError, match="answers Debezium only"):
        source("oracle").check(jdbc)
    source("postgres").check(jdbc)
