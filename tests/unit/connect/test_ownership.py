from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from tests.unit.model.strategies import kinds, named_stages, neighbours, pipeline

from wms_connector.connect.errors import ForeignStageError
from wms_connector.connect.ownership import check_stage
from wms_connector.connect.reconcile import ActualConnector
from wms_connector.connectors import DatabaseShape, render
from wms_connector.model.names import Names
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.stage import NAMED_STAGES, Stage

SHAPES = (DatabaseShape(), DatabaseShape(vendor="postgres"))


def registered(stage: Stage, kind: str, database: DatabaseShape) -> dict[str, ActualConnector]:
    """What a stage's workers have after its registration."""
    configs = render(pipeline(kind), stage, database=database, security=KafkaSecurity.TLS)
    return {name: ActualConnector(config) for name, config in configs.items()}


@given(named_stages, kinds)
def test_a_stage_s_own_connectors_pass(stage: Stage, kind: str) -> None:
    for database in SHAPES:
        check_stage(Names(stage, "wms"), registered(stage, kind, database))


@given(neighbours, kinds)
def test_another_stage_s_connectors_never_pass(pair: tuple[Stage, Stage], kind: str) -> None:
    one, other = pair
    if one == other:
        return
    for database in SHAPES:
        with pytest.raises(ForeignStageError, match="wms-oracle-cdc"):
            check_stage(Names(one, "wms"), registered(other, kind, database))


@pytest.mark.parametrize(("one", "other"), list(permutations(NAMED_STAGES, 2)))
def test_named_stages_are_told_by_flush_table_and_slot(one: str, other: str) -> None:
    for database in SHAPES:
        with pytest.raises(ForeignStageError, match=r"is not that of stage .* it has"):
            check_stage(
                Names(Stage.parse(one), "wms"),
                registered(Stage.parse(other), "debezium", database),
            )


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("theirs", {"topic.prefix": "x"}),
        ("wms-oracle-cdc", {}),
        ("wms-oracle-cdc", {"topic.prefix": "wms"}),
        ("wms-oracle-cdc", {"topic.prefix": "wms", "log.mining.flush.table.name": "MINE"}),
    ],
)
def test_a_connector_of_somebody_else_s_name_or_making_passes(
    name: str, config: dict[str, str | None]
) -> None:
    check_stage(Names(Stage.parse("main"), "wms"), {name: ActualConnector(config)})
