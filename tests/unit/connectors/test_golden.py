"""Every configuration, as a file: kind, stage, form of the database, way of signing in."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wms_connector.connectors import (
    DatabaseShape,
    WorkerPlace,
    render,
    render_properties,
    worker_properties,
)
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.model.pipeline import Pipeline

    Golden = Callable[[str, str], None]

STAGES = {"named": "main", "ephemeral": "Feature_7"}
ORACLES = {
    "host": DatabaseShape(),
    "host-pdb": DatabaseShape(pdb=True),
    "url": DatabaseShape(url=True),
    "url-pdb": DatabaseShape(pdb=True, url=True),
}
POSTGRES = DatabaseShape(vendor="postgres")
FOLDER = "tests/golden/connectors"
PLAIN = KafkaSecurity.PLAINTEXT


def as_json(configs: dict[str, dict[str, str]]) -> str:
    return json.dumps(configs, indent=2) + "\n"


@pytest.mark.parametrize(
    ("kind", "shape", "security"), list(itertools.product(STAGES, ORACLES, KafkaSecurity))
)
def test_debezium_oracle(
    golden: Golden, wms: Pipeline, kind: str, shape: str, security: KafkaSecurity
) -> None:
    stage = wms.stage(STAGES[kind])
    configs = render(wms, stage, database=ORACLES[shape], security=security)
    golden(f"{FOLDER}/debezium-oracle/{kind}-{shape}-{security}.json", as_json(configs))


@pytest.mark.parametrize("kind", STAGES)
def test_debezium_postgres(golden: Golden, wms: Pipeline, kind: str) -> None:
    rendered = {
        as_json(render(wms, wms.stage(STAGES[kind]), database=POSTGRES, security=security))
        for security in KafkaSecurity
    }
    assert len(rendered) == 1, "it has no Kafka client of its own, so nothing to sign in"
    golden(f"{FOLDER}/debezium-postgres/{kind}.json", rendered.pop())


@pytest.mark.parametrize(("kind", "shape"), list(itertools.product(STAGES, [*ORACLES, "postgres"])))
def test_jdbc(golden: Golden, wms_jdbc: Pipeline, kind: str, shape: str) -> None:
    stage = wms_jdbc.stage(STAGES[kind])
    database = {**ORACLES, "postgres": POSTGRES}[shape]
    rendered = {
        as_json(render(wms_jdbc, stage, database=database, security=security))
        for security in KafkaSecurity
    }
    assert len(rendered) == 1, "it has no Kafka client of its own, so nothing to sign in"
    golden(f"{FOLDER}/jdbc/{kind}-{shape}.json", rendered.pop())


@pytest.mark.parametrize("connector", ["debezium", "jdbc"])
def test_another_product(golden: Golden, tms: Pipeline, connector: str) -> None:
    pipeline = tms.model_copy(update={"connector": connector})
    configs = render(
        pipeline,
        pipeline.stage("production"),
        database=ORACLES["host"],
        security=KafkaSecurity.IAM,
    )
    text = as_json(configs)
    assert "wms" not in text.lower()
    golden(f"{FOLDER}/another-product/{connector}.json", text)


@pytest.mark.parametrize(("kind", "security"), list(itertools.product(STAGES, KafkaSecurity)))
def test_worker(golden: Golden, wms: Pipeline, kind: str, security: KafkaSecurity) -> None:
    place = WorkerPlace(
        plugin_path="/opt/connect/plugins", advertised_host="10.0.0.7", security=security
    )
    text = render_properties(worker_properties(wms, wms.stage(STAGES[kind]), where=place))
    golden(f"tests/golden/worker/{kind}-{security}.properties", text)


def test_templates_for_readers(golden: Golden, wms: Pipeline, wms_jdbc: Pipeline) -> None:
    main = wms.stage("main")
    iam = KafkaSecurity.IAM
    shown = {
        "debezium-oracle": render(wms, main, database=ORACLES["host-pdb"], security=iam),
        "debezium-postgres": render(wms, main, database=POSTGRES, security=PLAIN),
        "jdbc-source": render(wms_jdbc, main, database=ORACLES["host"], security=iam),
    }
    for name, configs in shown.items():
        [config] = configs.values()
        golden(f"connector-config/{name}.json", json.dumps(config, indent=2) + "\n")
    place = WorkerPlace(plugin_path="/opt/connect/plugins", advertised_host="", security=iam)
    text = render_properties(worker_properties(wms, main, where=place))
    golden("connector-config/worker.properties", text)


def test_no_golden_file_is_left_over(request: pytest.FixtureRequest) -> None:
    root = Path(request.config.rootpath) / "tests" / "golden"
    names = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    stages, securities = list(STAGES), list(KafkaSecurity)
    expected = {
        f"connectors/debezium-oracle/{k}-{s}-{w}.json"
        for k, s, w in itertools.product(stages, ORACLES, securities)
    }
    expected |= {f"connectors/debezium-postgres/{k}.json" for k in stages}
    expected |= {
        f"connectors/jdbc/{k}-{s}.json"
        for k, s in itertools.product(stages, [*ORACLES, "postgres"])
    }
    expected |= {f"connectors/another-product/{c}.json" for c in ("debezium", "jdbc")}
    expected |= {f"worker/{k}-{w}.properties" for k, w in itertools.product(stages, securities)}
    ours = {name for name in names if name.startswith(("connectors/", "worker/"))}
    assert ours == expected
