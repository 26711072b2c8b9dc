"""Our configurations before the real plugins, and the kept definitions against their own.

`WMS_CONNECTOR_UPDATE_GOLDEN=1 pytest tests/integration/connectors` writes the definitions anew.
"""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from wms_connector.connect.client import ConnectClient
from wms_connector.connectors import DatabaseShape, render
from wms_connector.connectors.lint import Definitions, Kind, committed, lint
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.local.status import LocalStatus
    from wms_connector.model.pipeline import Pipeline

ORACLES = [DatabaseShape(pdb=pdb, url=url) for pdb, url in product([False, True], repeat=2)]
POSTGRES = DatabaseShape(vendor="postgres")
UPDATE = os.environ.get("WMS_CONNECTOR_UPDATE_GOLDEN") == "1"


def validate(local: LocalStatus, config: dict[str, str]) -> dict[str, Any]:
    url = f"{local.connect_url}/connector-plugins/{config['connector.class']}/config/validate"
    response = httpx.put(url, json={**config, "name": "validated"}, timeout=90)
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


def refused(local: LocalStatus, config: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """What the plugin says against a configuration, as our client passes it on."""
    with ConnectClient(local.connect_urls) as client:
        return client.validate({**config, "name": "validated"}).errors


def only(pipeline: Pipeline, database: DatabaseShape, security: KafkaSecurity) -> dict[str, str]:
    stage = pipeline.stage("main")
    [config] = render(pipeline, stage, database=database, security=security).values()
    return config


@pytest.mark.parametrize(
    ("kind", "database"),
    [(Kind.DEBEZIUM_ORACLE, ORACLES[0]), (Kind.DEBEZIUM_POSTGRES, POSTGRES)],
)
def test_the_kept_definitions_are_the_plugin_s(
    local: LocalStatus, pipeline: Pipeline, repository: Path, kind: Kind, database: DatabaseShape
) -> None:
    config = only(pipeline, database, KafkaSecurity.PLAINTEXT)
    reported = Definitions.from_validation(validate(local, config))
    if UPDATE:
        folder = repository / "src" / "wms_connector" / "connectors" / "lint" / "data"
        (folder / f"{kind}.json").write_text(reported.to_json(), encoding="utf-8")
    else:
        assert reported == committed(kind)


def test_connect_s_own_definitions_are_the_worker_s(local: LocalStatus, pipeline: Pipeline) -> None:
    config = only(pipeline, POSTGRES, KafkaSecurity.PLAINTEXT)
    reported = Definitions.from_validation(validate(local, config)).by_name
    kept = committed(Kind.JDBC_AIVEN).by_name
    own = {"errors.tolerance", "exactly.once.support", "tasks.max", "transaction.boundary"}
    assert {name: kept[name] for name in own} == {name: reported[name] for name in own}


@pytest.mark.parametrize(("database", "security"), list(product(ORACLES, KafkaSecurity)))
def test_oracle_misses_nothing_but_an_oracle(
    local: LocalStatus, pipeline: Pipeline, database: DatabaseShape, security: KafkaSecurity
) -> None:
    config = only(pipeline, database, security)
    answer = validate(local, config)
    assert refused(local, config) == {"database.hostname": ("the database cannot be reached",)}
    definitions = Definitions.from_validation(answer)
    assert lint(config, definitions, kind=Kind.DEBEZIUM_ORACLE) == []


def test_postgres_is_accepted_as_it_is(local: LocalStatus, pipeline: Pipeline) -> None:
    config = only(pipeline, POSTGRES, KafkaSecurity.PLAINTEXT)
    answer = validate(local, config)
    assert refused(local, config) == {}
    definitions = Definitions.from_validation(answer)
    assert lint(config, definitions, kind=Kind.DEBEZIUM_POSTGRES) == []


def test_the_worker_lets_no_connector_choose_its_cluster(
    local: LocalStatus, pipeline: Pipeline
) -> None:
    config = only(pipeline, POSTGRES, KafkaSecurity.PLAINTEXT)
    key = "producer.override.bootstrap.servers"
    assert list(refused(local, config | {key: "elsewhere:9092"})) == [key]


def test_a_reference_beyond_the_allow_list_is_not_resolved(
    local: LocalStatus, pipeline: Pipeline
) -> None:
    config = only(pipeline, POSTGRES, KafkaSecurity.PLAINTEXT) | {"topic.prefix": "${env:PATH}"}
    assert list(refused(local, config)) == ["topic.prefix"]
    assert os.environ["PATH"] not in str(validate(local, config))
