"""What the CloudWatch agent is told: it makes metrics of exactly what is declared."""

from __future__ import annotations

import json
import re

from wms_connector.health.agent import PROMETHEUS_VARIABLE, agent_config, prometheus_config
from wms_connector.health.exporter import FIGURES, PATH
from wms_connector.health.metrics import WORKERS, WORKERS_DIMENSION, Space
from wms_connector.model.names import EXPORTER_PORT, Names
from wms_connector.model.stage import Stage

NAMES = Names(Stage.parse("feature-a.b", product="wms"), "wms")


def test_the_worker_beside_it_is_asked_once_a_minute() -> None:
    config = json.loads(prometheus_config(NAMES))
    assert config["global"]["scrape_interval"] == "60s"
    [job] = config["scrape_configs"]
    assert job["metrics_path"] == PATH
    [target] = job["static_configs"]
    assert target == {
        "targets": [f"127.0.0.1:{EXPORTER_PORT}"],
        "labels": {WORKERS_DIMENSION: "feature-a.b"},
    }


def test_of_all_that_the_exporter_tells_only_metrics_are_kept() -> None:
    [job] = json.loads(prometheus_config(NAMES))["scrape_configs"]
    [keep] = job["metric_relabel_configs"]
    assert (keep["action"], keep["source_labels"]) == ("keep", ["__name__"])
    # Prometheus anchors it at both ends.
    kept = {figure.name for figure in FIGURES if re.fullmatch(keep["regex"], figure.name)}
    assert kept == {metric.name for metric in WORKERS}
    assert not re.fullmatch(keep["regex"], "jvm_memory_used_bytes")


def test_each_metric_is_made_under_its_name_unit_and_dimension() -> None:
    config = json.loads(agent_config(NAMES))["logs"]["metrics_collected"]["prometheus"]
    assert config["log_group_name"] == NAMES.metrics_log_group
    assert config["prometheus_config_path"] == f"env:{PROMETHEUS_VARIABLE}"
    emf = config["emf_processor"]
    assert emf["metric_namespace"] == NAMES.workers_namespace
    assert emf["metric_unit"] == {metric.name: metric.unit.value for metric in WORKERS}
    [declared] = emf["metric_declaration"]
    assert declared["dimensions"] == [[WORKERS_DIMENSION]]
    [job] = json.loads(prometheus_config(NAMES))["scrape_configs"]
    assert declared["source_labels"] == ["job"]
    assert re.search(declared["label_matcher"], job["job_name"])
    [selector] = declared["metric_selectors"]
    for metric in WORKERS:
        assert re.search(selector, metric.name)
        assert (metric.space, metric.dimension) == (Space.WORKERS, WORKERS_DIMENSION)
    assert not re.search(selector, "FailedTasksElsewhere")
