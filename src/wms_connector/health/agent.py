"""What the CloudWatch agent beside a worker is told: ask the exporter once a minute, and tell that.

Pure values. The agent writes the figures as log events in CloudWatch's embedded format, and
CloudWatch makes metrics of them. It drops what has no dimension, so each has one: the stage.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from wms_connector.health.exporter import PATH
from wms_connector.health.metrics import WORKERS, WORKERS_DIMENSION
from wms_connector.model.names import EXPORTER_PORT

if TYPE_CHECKING:
    from wms_connector.model.names import Names

EVERY_S: Final = 60
_TIMEOUT_S: Final = 10
_JOB: Final = "connect"
PROMETHEUS_VARIABLE: Final = "PROMETHEUS_CONFIG_CONTENT"
"""Environment variable of the agent's container that holds `prometheus_config`."""
AGENT_VARIABLE: Final = "CW_CONFIG_CONTENT"
"""And the one that holds `agent_config`."""


def _names() -> str:
    return "|".join(re.escape(metric.name) for metric in WORKERS)


def prometheus_config(names: Names) -> str:
    """Give what is asked: the worker in the same task, for the figures that are metrics.

    YAML, written as the JSON that it is as well.
    """
    job = {
        "job_name": _JOB,
        "metrics_path": PATH,
        "static_configs": [
            {
                "targets": [f"127.0.0.1:{EXPORTER_PORT}"],
                "labels": {WORKERS_DIMENSION: names.stage.name},
            }
        ],
        # The rest would be written down, and paid for, as log events of which no metric is made.
        "metric_relabel_configs": [
            {"source_labels": ["__name__"], "regex": _names(), "action": "keep"}
        ],
    }
    every = {"scrape_interval": f"{EVERY_S}s", "scrape_timeout": f"{_TIMEOUT_S}s"}
    return json.dumps({"global": every, "scrape_configs": [job]})


def agent_config(names: Names) -> str:
    """Give the agent's configuration: into which log group, and what metrics are made of it."""
    return json.dumps(
        {
            "agent": {"omit_hostname": True},
            "logs": {
                "metrics_collected": {
                    "prometheus": {
                        # The agent does not start in a container without a cluster's name.
                        "cluster_name": names.cluster,
                        "log_group_name": names.metrics_log_group,
                        "prometheus_config_path": f"env:{PROMETHEUS_VARIABLE}",
                        "emf_processor": {
                            "metric_namespace": names.workers_namespace,
                            "metric_unit": {metric.name: metric.unit.value for metric in WORKERS},
                            "metric_declaration": [
                                {
                                    "source_labels": ["job"],
                                    "label_matcher": f"^{_JOB}$",
                                    "dimensions": [[WORKERS_DIMENSION]],
                                    "metric_selectors": [f"^({_names()})$"],
                                }
                            ],
                        },
                    }
                },
                "force_flush_interval": 5,
            },
        }
    )
